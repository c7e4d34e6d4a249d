// Teardown: dependents stop before what they depend on, and nothing is taken from under a
// container.
#include "orchestrator/reconcile/teardown.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "orchestrator/reconcile/draft.hpp"
#include "orchestrator/reconcile/endings.hpp"
#include "orchestrator/reconcile/order.hpp"
#include "orchestrator/reconcile/replica.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerName;
using schemas::ContainerStatus;
using schemas::ServiceName;

ServiceName service_of(const ContainerStatus& status) {
  const auto found = status.config.labels.find(kServiceLabel);
  return found == status.config.labels.end() ? ServiceName{} : ServiceName(found->second);
}

std::uint32_t number_of(const ContainerStatus& status) {
  const auto found = status.config.labels.find(kNumberLabel);
  std::uint32_t number = 0;
  if (found == status.config.labels.end()) return number;
  const std::string& text = found->second;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string_view reason_of(Goal goal) {
  switch (goal) {
    case Goal::Running:
      break;
    case Goal::Stopped:
      return "the project stops";
    case Goal::Killed:
      return "the project is killed";
    case Goal::Gone:
      return "the project goes down";
  }
  return "";
}

// `stop` leaves alone what `up` leaves alone; `down` takes everything.
std::vector<ContainerName> in_scope(const DesiredState& desired, const ObservedState& observed) {
  const std::vector<ContainerName> strangers = orphans(desired, observed);
  std::vector<ContainerName> names;
  for (const auto& [name, status] : observed.containers) {
    const bool strange = std::find(strangers.begin(), strangers.end(), name) != strangers.end();
    if (desired.goal == Goal::Gone || !strange) names.push_back(name);
  }
  return names;
}

// The first living container of those to be stopped that depends on `name`.
std::optional<ContainerName> living_dependent(const Dependents& dependents,
                                              const ObservedState& observed,
                                              const std::vector<ContainerName>& scope,
                                              const ContainerName& name) {
  const auto found = dependents.find(name);
  if (found == dependents.end()) return std::nullopt;
  for (const ContainerName& dependent : found->second) {
    const bool stops = std::binary_search(scope.begin(), scope.end(), dependent);
    if (stops && is_alive(observed.containers.at(dependent))) return dependent;
  }
  return std::nullopt;
}

void end(Draft& draft, const std::optional<ContainerName>& dependent,
         const ContainerStatus& status) {
  const ContainerName& name = status.config.name;
  const std::string reason(reason_of(draft.desired.goal));
  const bool begun = status.stop_sent || status.kill_sent;
  if (draft.desired.goal != Goal::Killed && !begun && is_alive(status) && dependent) {
    draft.hold(name, "stops after " + draft.display(*dependent));
    return;
  }
  const Ending ending = draft.desired.goal == Goal::Killed ? kill_container(draft, status, reason)
                                                           : stop_container(draft, status, reason);
  if (ending == Ending::Underway) {
    draft.hold(name, "is stopping");
  } else if (draft.desired.goal == Goal::Gone) {
    discard_container(draft, status, reason);
  }
}

bool anybody_lives(const Draft& draft) {
  return std::any_of(draft.observed.containers.begin(), draft.observed.containers.end(),
                     [](const auto& entry) { return is_alive(entry.second); });
}

void withdraw(Draft& draft, const std::string& reason) {
  const FirewallStatus& firewall = draft.observed.firewall;
  if (firewall.intact || !firewall.fingerprint.empty()) {
    draft.foundations.push_back({.action = WithdrawFirewall{}, .reason = reason});
  }
  for (const schemas::PublishedPort& port : draft.observed.reserved_ports) {
    draft.foundations.push_back({.action = ReleasePort{port}, .reason = reason});
  }
}

// A network goes only after its containers, so it needs their discards in the same plan.
void discard_all(Draft& draft, const std::string& reason) {
  std::vector<std::string> discards;
  for (const ContainerName& name : draft.discarded) discards.push_back(name.text);
  for (const auto& [name, status] : draft.observed.networks) {
    draft.foundations.push_back(
        {.action = DiscardNetwork{name}, .reason = reason, .needs = discards});
  }
  if (draft.desired.volume_fate == VolumeFate::Keep) return;
  for (const auto& [name, status] : draft.observed.volumes) {
    draft.foundations.push_back(
        {.action = DiscardVolume{name}, .reason = "its data is not to be kept", .needs = discards});
  }
}

}  // namespace

Plan teardown(const DesiredState& desired, const ObservedState& observed, schemas::Instant now) {
  Draft draft{.desired = desired, .observed = observed, .now = now};
  const Dependents dependents = stop_dependents(desired, observed);
  const std::vector<ContainerName> scope = in_scope(desired, observed);
  for (const ContainerName& name : scope) {
    end(draft, living_dependent(dependents, observed, scope, name), observed.containers.at(name));
  }
  const std::string reason(reason_of(desired.goal));
  if (!anybody_lives(draft)) {
    withdraw(draft, reason);
    if (desired.goal == Goal::Gone) discard_all(draft, reason);
  }
  return std::move(draft).finish();
}

std::vector<ContainerName> orphans(const DesiredState& desired, const ObservedState& observed) {
  std::vector<ContainerName> names;
  for (const auto& [name, status] : observed.containers) {
    if (desired.containers.contains(name) || desired.services.contains(service_of(status))) {
      continue;
    }
    names.push_back(name);
  }
  return names;
}

std::vector<ContainerName> surplus(const DesiredState& desired, const ObservedState& observed) {
  std::vector<std::pair<std::uint32_t, ContainerName>> numbered;
  for (const auto& [name, status] : observed.containers) {
    if (desired.containers.contains(name) || !desired.services.contains(service_of(status))) {
      continue;
    }
    numbered.emplace_back(number_of(status), name);
  }
  std::sort(numbered.begin(), numbered.end(), std::greater<>{});
  std::vector<ContainerName> names;
  for (auto& [number, name] : numbered) names.push_back(std::move(name));
  return names;
}

std::string orphan_warning(const DesiredState& desired, const ObservedState& observed) {
  std::string names;
  for (const ContainerName& name : orphans(desired, observed)) {
    names += (names.empty() ? "" : " ") + name.text;
  }
  if (names.empty()) return names;
  return fmt::format(
      "Found orphan containers ([{}]) for this project. If you removed or renamed this service in "
      "your compose file, `tutti down` removes them.",
      names);
}

}  // namespace orchestrator
