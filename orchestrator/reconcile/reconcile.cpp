// reconcile(): the order in which its rooms are asked.
#include "orchestrator/reconcile/reconcile.hpp"

#include "orchestrator/reconcile/containers.hpp"
#include "orchestrator/reconcile/draft.hpp"
#include "orchestrator/reconcile/endings.hpp"
#include "orchestrator/reconcile/foundations.hpp"
#include "orchestrator/reconcile/teardown.hpp"

namespace orchestrator {

Plan reconcile(const DesiredState& desired, const ObservedState& observed, schemas::Instant now) {
  if (desired.goal != Goal::Running) return teardown(desired, observed, now);
  Draft draft{.desired = desired,
              .observed = observed,
              .now = now,
              .addresses = plan_addresses(desired, observed)};
  end_outdated(draft);
  find_blocked_networks(draft);
  decide_containers(draft);
  lay_foundations(draft);
  return std::move(draft).finish();
}

}  // namespace orchestrator
