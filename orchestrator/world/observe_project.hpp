// observe_project: what exists of a project, read from records and the kernel without a supervisor.
#pragma once

#include "orchestrator/reconcile/observed.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"

namespace orchestrator {

// The containers alone, for `ps`, `logs` and `exec`: no question to the network.
[[nodiscard]] schemas::Result<std::map<schemas::ContainerName, schemas::ContainerStatus>>
observe_containers(const runtime::StateLayout& layout, const schemas::ProjectName& project);

// Read-only and true whatever is alive: for `ps`, `plan` and `logs`. A project that does not exist
// is an empty state.
[[nodiscard]] schemas::Result<ObservedState> observe_project(const runtime::StateLayout& layout,
                                                             const schemas::ProjectName& project);

}  // namespace orchestrator
