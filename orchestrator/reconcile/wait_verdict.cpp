// WaitVerdict: compose's rules for `up -d` and `up --wait`, from the same look as the plan.
#include "orchestrator/reconcile/wait_verdict.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "orchestrator/reconcile/order.hpp"
#include "orchestrator/reconcile/restart.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerName;
using schemas::ContainerState;
using schemas::ContainerStatus;
using schemas::Health;

constexpr std::string_view kDependencyFailed = "dependency failed";

// One container's share of the verdict.
struct Share {
  WaitVerdict::State state{WaitVerdict::State::Ready};
  std::string text;
};

Share ready() { return {}; }
Share pending(std::string text) { return {WaitVerdict::State::Pending, std::move(text)}; }
Share failed(std::string text) { return {WaitVerdict::State::Failed, std::move(text)}; }

// What the plan says of containers, by name.
struct Outlook {
  std::map<ContainerName, Held> held;
  std::set<std::string> busy;         // subjects of steps
  std::set<ContainerName> completes;  // needed as completed by somebody
};

Outlook outlook_of(const DesiredState& desired, const Plan& plan) {
  Outlook outlook;
  for (const Held& held : plan.held) outlook.held[held.container] = held;
  for (const Step& step : plan.steps) {
    if (!std::holds_alternative<AttachEndpoint>(step.action)) {
      outlook.busy.insert(subject_of(step.action));
    }
  }
  for (const auto& [name, container] : desired.containers) {
    for (const Dependency& dependency : container.dependencies) {
      if (dependency.condition == Condition::CompletedSuccessfully) {
        outlook.completes.insert(dependency.container);
      }
    }
  }
  return outlook;
}

Share of_running(const std::string& who, const ContainerStatus& status, WaitFor wait_for,
                 bool must_complete) {
  if (wait_for == WaitFor::Started) return ready();
  if (must_complete) return pending("waits for " + who + " to complete");
  switch (status.health.state) {
    case Health::Starting:
      return pending("waits for " + who + " to be healthy");
    case Health::Unhealthy:
      return failed(who + " is unhealthy");
    case Health::None:
    case Health::Healthy:
      break;
  }
  return ready();
}

Share of_exited(const std::string& who, const ContainerStatus& status, WaitFor wait_for,
                bool must_complete) {
  if (wait_for == WaitFor::Started) return ready();
  if (status.exit && status.exit->code == 0 && must_complete) return ready();
  return failed(fmt::format("{} {}", who, status.exit ? describe(*status.exit) : "was stopped"));
}

Share share_of(const DesiredState& desired, const ObservedState& observed, const Outlook& outlook,
               const ContainerName& name, WaitFor wait_for) {
  const std::string who = display_name(name, desired.names.project);
  const auto held = outlook.held.find(name);
  if (held != outlook.held.end() && held->second.failed) {
    const std::string& reason = held->second.reason;
    if (reason.starts_with(kDependencyFailed)) return failed(reason);
    const bool sentence = reason.starts_with("failed to start");
    return failed(fmt::format("{}{} {}", who, sentence ? "" : ":", reason));
  }
  const auto found = observed.containers.find(name);
  // A container that crashed after its start has been started; its restarts are no longer waited
  // for.
  const bool has_run = found != observed.containers.end() &&
                       found->second.state == ContainerState::Exited &&
                       found->second.generation == desired.generation;
  if (has_run && wait_for == WaitFor::Started) return ready();
  if (held != outlook.held.end()) return pending(held->second.reason);
  if (found == observed.containers.end() || outlook.busy.contains(name.text)) {
    return pending(who + " is being started");
  }
  const bool must_complete = outlook.completes.contains(name);
  switch (found->second.state) {
    case ContainerState::Running:
      return of_running(who, found->second, wait_for, must_complete);
    case ContainerState::Exited:
      return of_exited(who, found->second, wait_for, must_complete);
    case ContainerState::FailedToStart:
      return failed(who + " failed to start: " + found->second.failure);
    case ContainerState::Created:
    case ContainerState::Starting:
      break;
  }
  return pending(who + " is being started");
}

// The first dependency failure tells its cause too, so the cause is not told again.
std::string failure_text(const DesiredState& desired,
                         const std::vector<std::pair<ContainerName, std::string>>& failures) {
  std::string text;
  for (const auto& [name, failure] : failures) {
    if (failure.starts_with(kDependencyFailed)) {
      text = failure;
      break;
    }
  }
  const std::string dependency_failure = text;
  for (const auto& [name, failure] : failures) {
    const bool told = failure.starts_with(kDependencyFailed) ||
                      dependency_failure.contains(display_name(name, desired.names.project));
    if (told) continue;
    if (!text.empty()) text += "; ";
    text += failure;
  }
  return text;
}

}  // namespace

WaitVerdict verdict(const DesiredState& desired, const ObservedState& observed, const Plan& plan,
                    WaitFor wait_for) {
  const Outlook outlook = outlook_of(desired, plan);
  WaitVerdict result;
  std::vector<std::pair<ContainerName, std::string>> failures;
  for (const ContainerName& name : start_order(desired)) {
    Share share = share_of(desired, observed, outlook, name, wait_for);
    if (share.state == WaitVerdict::State::Failed) failures.emplace_back(name, share.text);
    if (share.state == WaitVerdict::State::Pending) {
      result.pending.push_back({.container = name, .reason = std::move(share.text)});
    }
  }
  std::sort(result.pending.begin(), result.pending.end(),
            [](const auto& left, const auto& right) { return left.container < right.container; });
  if (!failures.empty()) {
    result.state = WaitVerdict::State::Failed;
    result.text = failure_text(desired, failures);
  } else if (!result.pending.empty()) {
    result.state = WaitVerdict::State::Pending;
  }
  return result;
}

}  // namespace orchestrator
