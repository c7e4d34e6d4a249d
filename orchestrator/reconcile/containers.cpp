// Containers: one decision per container and look, by the state it is in.
#include "orchestrator/reconcile/containers.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/reconcile/endings.hpp"
#include "orchestrator/reconcile/order.hpp"
#include "orchestrator/reconcile/restart.hpp"
#include "orchestrator/reconcile/running.hpp"
#include "orchestrator/reconcile/starts.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerName;
using schemas::ContainerState;
using schemas::ContainerStatus;

// Its work is done and those who waited for it run as they should: a further `up` has no reason to
// do the work again. (Exited containers that nobody waits for are started by it, as compose does.)
bool has_served(const Draft& draft, const ContainerName& name, const ContainerStatus& status) {
  if (!status.exit || !status.exit->known || status.exit->code != 0) return false;
  bool awaited = false;
  for (const auto& [other, container] : draft.desired.containers) {
    const bool waits =
        std::any_of(container.dependencies.begin(), container.dependencies.end(),
                    [&](const Dependency& dependency) {
                      return dependency.container == name &&
                             dependency.condition == Condition::CompletedSuccessfully;
                    });
    if (!waits) continue;
    awaited = true;
    const auto found = draft.observed.containers.find(other);
    const bool runs = found != draft.observed.containers.end() &&
                      found->second.state == ContainerState::Running && !found->second.stop_sent &&
                      !found->second.kill_sent;
    if (!runs || draft.prospects.contains(other)) return false;  // ended by end_outdated
  }
  return awaited;
}

// Ended before this `up` was asked for.
bool is_of_before(const Draft& draft, const ContainerStatus& status) {
  const auto& asked_at = draft.desired.asked_at;
  return status.generation < draft.desired.generation &&
         (!asked_at || status.finished <= *asked_at);
}

void restart(Draft& draft, const DesiredContainer& container, const Restart& restart) {
  const ContainerName& name = container.config.name;
  if (restart.at > draft.now) {
    draft.prospects[name] = Prospect::Restarting;
    draft.look_at(restart.at);
    draft.hold(name, restart.reason);
    return;
  }
  start_container(draft, container, restart);
}

// Exited: by our hand, in an earlier `up`, or by itself.
void decide_exited(Draft& draft, const DesiredContainer& container, const ContainerStatus& status) {
  const ContainerName& name = container.config.name;
  draft.prospects[name] = Prospect::Steady;
  if (is_of_before(draft, status)) {
    if (!status.stop_wanted && has_served(draft, name, status)) return;
    const std::string how =
        status.stop_wanted || !status.exit ? "was stopped" : describe(*status.exit);
    start_fresh(draft, container, how);
    return;
  }
  if (const auto next = next_restart(container.config.restart, status)) {
    restart(draft, container, *next);
  }
}

void decide_failed(Draft& draft, const DesiredContainer& container, const ContainerStatus& status) {
  if (is_of_before(draft, status)) {
    start_fresh(draft, container, "did not start before");
    return;
  }
  draft.prospects[container.config.name] = Prospect::Failed;
  draft.hold_for_good(container.config.name, "failed to start: " + status.failure);
}

// Somebody has begun to stop it, but it is wanted: it ends first, then it is started again.
bool is_ending(Draft& draft, const ContainerStatus& status) {
  if (!is_alive(status) || (!status.stop_sent && !status.kill_sent)) return false;
  draft.prospects[status.config.name] = Prospect::Changing;
  draft.hold(status.config.name, "started again after it has stopped");
  return stop_container(draft, status, "") == Ending::Underway;
}

void decide_existing(Draft& draft, const DesiredContainer& container,
                     const ContainerStatus& status) {
  if (is_ending(draft, status)) return;
  switch (status.state) {
    case ContainerState::Created:
      return start_fresh(draft, container, "created");
    case ContainerState::Exited:
      return decide_exited(draft, container, status);
    case ContainerState::FailedToStart:
      return decide_failed(draft, container, status);
    case ContainerState::Running:
      repair(draft, status);
      break;
    case ContainerState::Starting:
      break;
  }
  draft.prospects[container.config.name] = Prospect::Steady;
}

void decide(Draft& draft, const AddressHolders& holders, const DesiredContainer& container) {
  const ContainerName& name = container.config.name;
  const auto found = draft.observed.containers.find(name);
  const bool exists = found != draft.observed.containers.end();
  if (exists && !draft.discarded.contains(name)) {
    const bool ends = draft.prospects.contains(name);  // end_outdated has spoken
    if (!ends) decide_existing(draft, container, found->second);
    return;
  }
  if (create_container(draft, holders, container) == Created::Now) {
    start_fresh(draft, container, "created");
  }
}

}  // namespace

void decide_containers(Draft& draft) {
  const AddressHolders holders = address_holders(draft);
  for (const ContainerName& name : start_order(draft.desired)) {
    decide(draft, holders, draft.desired.containers.at(name));
  }
}

}  // namespace orchestrator
