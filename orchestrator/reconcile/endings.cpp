// Endings: each call adds at most the one step that is due now; the next look sees what came of it.
#include "orchestrator/reconcile/endings.hpp"

#include <fmt/format.h>

#include "orchestrator/reconcile/replacement.hpp"
#include "orchestrator/reconcile/teardown.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerName;
using schemas::ContainerStatus;

schemas::Duration grace_of(const Draft& draft, const ContainerStatus& status) {
  return draft.desired.grace.value_or(status.config.stop_grace);
}

// The steps after the stop signal.
void await_end(Draft& draft, const ContainerStatus& status) {
  if (status.kill_sent) return;  // the kernel's turn: its exit wakes us
  const schemas::Duration grace = grace_of(draft, status);
  const schemas::Instant end_of_grace = *status.stop_sent + grace;
  if (end_of_grace > draft.now) return draft.look_at(end_of_grace);
  draft.endings.push_back({.action = KillContainer{status.config.name},
                           .reason = fmt::format("still runs {} after the stop signal",
                                                 schemas::write_duration(grace))});
}

void end_surplus(Draft& draft, const ContainerName& name) {
  const ContainerStatus& status = draft.observed.containers.at(name);
  const std::string reason = "the service wants fewer containers";
  if (stop_container(draft, status, reason) == Ending::Ended) {
    discard_container(draft, status, reason);
  } else {
    draft.hold(name, "discarded after it has stopped");
  }
}

}  // namespace

Ending stop_container(Draft& draft, const ContainerStatus& status, const std::string& reason) {
  if (!is_alive(status)) return Ending::Ended;
  if (status.stop_sent || status.kill_sent) {
    await_end(draft, status);
    return Ending::Underway;
  }
  draft.endings.push_back({.action = StopContainer{.container = status.config.name,
                                                   .signal = status.config.stop_signal,
                                                   .grace = grace_of(draft, status)},
                           .reason = reason});
  draft.look_at(draft.now + grace_of(draft, status));
  return Ending::Underway;
}

Ending kill_container(Draft& draft, const ContainerStatus& status, const std::string& reason) {
  if (!is_alive(status)) return Ending::Ended;
  if (!status.kill_sent) {
    draft.endings.push_back({.action = KillContainer{status.config.name}, .reason = reason});
  }
  return Ending::Underway;
}

void discard_container(Draft& draft, const ContainerStatus& status, std::string reason) {
  draft.endings.push_back(
      {.action = DiscardContainer{status.config.name}, .reason = std::move(reason)});
  draft.discarded.insert(status.config.name);
}

void end_outdated(Draft& draft) {
  for (const ContainerName& name : surplus(draft.desired, draft.observed)) end_surplus(draft, name);
  for (const auto& [name, container] : draft.desired.containers) {
    const auto found = draft.observed.containers.find(name);
    if (found == draft.observed.containers.end()) continue;
    const auto reason = reason_to_replace(container, found->second, draft.addresses);
    if (!reason) continue;
    draft.prospects[name] = Prospect::Changing;
    if (stop_container(draft, found->second, *reason) == Ending::Ended) {
      discard_container(draft, found->second, *reason);
    } else {
      draft.hold(name, "recreate after it has stopped");
    }
  }
}

}  // namespace orchestrator
