// The containers that a command is about: a project's, narrowed to some services.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/cli/ps_view.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"

namespace orchestrator {

// Sorted by name; all of them when no service is named. NotFound names a service without any.
[[nodiscard]] schemas::Result<ContainerList> choose_containers(
    const runtime::StateLayout& layout, const schemas::ProjectName& project,
    const std::vector<std::string>& services);

}  // namespace orchestrator
