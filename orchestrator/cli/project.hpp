// The project that a command is about: its Spec from the files, or only its name.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "orchestrator/cli/options.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/spec/load.hpp"

namespace orchestrator {

[[nodiscard]] runtime::StateLayout layout_of(const GlobalOptions& global);

// The variables of this process.
[[nodiscard]] schemas::Environment process_environment();

// Reads files, finds everything wrong with them and prints it to stderr; warnings too.
[[nodiscard]] schemas::Result<schemas::Spec> load_project(const GlobalOptions& global);

// From -p or COMPOSE_PROJECT_NAME without any file; else from the file.
[[nodiscard]] schemas::Result<schemas::ProjectName> find_project_name(const GlobalOptions& global);

}  // namespace orchestrator
