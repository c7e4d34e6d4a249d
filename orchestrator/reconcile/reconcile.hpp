// reconcile: compares what must be with what is, and says what to do. Pure: no clock, file or
// chance.
#pragma once

#include "orchestrator/reconcile/desired.hpp"
#include "orchestrator/reconcile/observed.hpp"
#include "orchestrator/reconcile/plan.hpp"

namespace orchestrator {

// The steps that can be done now, in order; who is held and why; when to look again. Equal input
// gives equal output, and after the steps (and time) a second call gives an empty plan.
[[nodiscard]] Plan reconcile(const DesiredState& desired, const ObservedState& observed,
                             schemas::Instant now);

}  // namespace orchestrator
