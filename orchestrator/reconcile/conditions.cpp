// Conditions: what compose's depends_on waits for, decided from one look.
#include "orchestrator/reconcile/conditions.hpp"

#include <fmt/format.h>

#include "orchestrator/reconcile/action.hpp"
#include "orchestrator/reconcile/restart.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerState;
using schemas::ContainerStatus;
using schemas::Health;
using Verdict = ConditionState::Verdict;

ConditionState satisfied(std::string text) { return {Verdict::Satisfied, std::move(text)}; }
ConditionState waits(std::string text) { return {Verdict::Waits, std::move(text)}; }
ConditionState failed(std::string text) { return {Verdict::Failed, std::move(text)}; }

std::string_view awaited(Condition condition) {
  switch (condition) {
    case Condition::Started:
      return "to start";
    case Condition::Healthy:
      return "to be healthy";
    case Condition::CompletedSuccessfully:
      return "to complete";
  }
  return "";
}

// Of a container that ended and stays so.
std::string ended(const std::string& who, const ContainerStatus& status) {
  if (status.stop_wanted) return who + " is stopped";
  return fmt::format("{} {}", who, status.exit ? describe(*status.exit) : "ended");
}

ConditionState started(const std::string& who, const ContainerStatus& status) {
  const bool has_run =
      status.state == ContainerState::Running || status.state == ContainerState::Exited;
  return has_run ? satisfied(who + " has started") : waits(who);
}

ConditionState healthy(const std::string& who, const ContainerStatus& status, Prospect prospect) {
  if (status.state == ContainerState::Exited) {
    return prospect == Prospect::Restarting ? waits(who) : failed(ended(who, status));
  }
  if (status.state != ContainerState::Running) return waits(who);
  switch (status.health.state) {
    case Health::None:
      return failed(who + " has no health check");
    case Health::Starting:
      return waits(who);
    case Health::Unhealthy:
      return failed(who + " is unhealthy");
    case Health::Healthy:
      break;
  }
  return satisfied(who + " is healthy");
}

ConditionState completed(const std::string& who, const ContainerStatus& status, Prospect prospect) {
  if (status.state != ContainerState::Exited || prospect == Prospect::Restarting) {
    return waits(who);
  }
  if (status.exit && status.exit->code == 0 && !status.stop_wanted) {
    return satisfied(who + " has completed");
  }
  return failed(ended(who, status));
}

// `text` of a wait is only the name: the caller puts the sentence together.
ConditionState condition_of(const Dependency& dependency, const DesiredState& desired,
                            const ObservedState& observed, const Prospects& prospects) {
  const std::string who = display_name(dependency.container, desired.names.project);
  const auto found = prospects.find(dependency.container);
  if (found == prospects.end()) return failed(who + " is not part of the project");
  const auto status = observed.containers.find(dependency.container);
  if (found->second == Prospect::Failed) {
    const bool told = status != observed.containers.end() && !status->second.failure.empty();
    return failed(told ? fmt::format("{}: {}", who, status->second.failure) : who);
  }
  if (found->second == Prospect::Changing || status == observed.containers.end()) return waits(who);
  switch (dependency.condition) {
    case Condition::Started:
      return started(who, status->second);
    case Condition::Healthy:
      return healthy(who, status->second, found->second);
    case Condition::CompletedSuccessfully:
      return completed(who, status->second, found->second);
  }
  return waits(who);
}

void append(std::string& text, std::string_view more) {
  if (!text.empty()) text += ", ";
  text += more;
}

}  // namespace

ConditionState dependencies_of(const DesiredContainer& container, const DesiredState& desired,
                               const ObservedState& observed, const Prospects& prospects) {
  std::string are;
  std::string come;
  for (const Dependency& dependency : container.dependencies) {
    const ConditionState state = condition_of(dependency, desired, observed, prospects);
    if (state.verdict == Verdict::Satisfied) append(are, state.text);
    if (state.verdict == Verdict::Waits) {
      append(come, fmt::format("{} {}", state.text, awaited(dependency.condition)));
    }
    if (state.verdict == Verdict::Failed && dependency.required) {
      return failed("dependency failed to start: " + state.text);
    }
  }
  if (!come.empty()) return waits("waits for " + come);
  return satisfied(are);
}

}  // namespace orchestrator
