// resolve_project: from the Spec and this machine's images to the DesiredState.
#pragma once

#include "orchestrator/reconcile/desired.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/spec/spec.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

// Looks every image of the Spec up in the store; the error for a missing one names its service and
// what to do. For the supervisor (`up`) and for `plan`.
[[nodiscard]] schemas::Result<DesiredState> resolve_project(const schemas::Spec& spec,
                                                            const runtime::StateLayout& layout);

}  // namespace orchestrator
