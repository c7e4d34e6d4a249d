// observe_project: what exists of a project, read from records and the kernel without a supervisor.
#pragma once

#include "orchestrator/reconcile/observed.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"

namespace orchestrator {

// Read-only and true whatever is alive: for `ps`, `plan` and `logs`. A project that does not exist
// is an empty state.
[[nodiscard]] schemas::Result<ObservedState> observe_project(const runtime::StateLayout& layout,
                                                             const schemas::ProjectName& project);

}  // namespace orchestrator
