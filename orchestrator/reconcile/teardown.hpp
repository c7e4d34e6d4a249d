// Teardown: the way down, for whole projects (stop, kill, down) and for single surplus containers.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/reconcile/desired.hpp"
#include "orchestrator/reconcile/observed.hpp"
#include "orchestrator/reconcile/plan.hpp"

namespace orchestrator {

// The plan for Goal::Stopped, Killed and Gone.
[[nodiscard]] Plan teardown(const DesiredState& desired, const ObservedState& observed,
                            schemas::Instant now);

// Containers of the project whose service the desired state does not know: `up` leaves them alone
// and warns, `down` removes them.
[[nodiscard]] std::vector<schemas::ContainerName> orphans(const DesiredState& desired,
                                                          const ObservedState& observed);

// Containers of a desired service that are too many (scaled down, renamed): highest number first.
[[nodiscard]] std::vector<schemas::ContainerName> surplus(const DesiredState& desired,
                                                          const ObservedState& observed);

// compose's warning for orphans, which scripts look for; empty when there are none.
[[nodiscard]] std::string orphan_warning(const DesiredState& desired,
                                         const ObservedState& observed);

}  // namespace orchestrator
