// The way to a project's supervisor: connecting to it, or starting its keeper first.
#pragma once

#include <optional>
#include <string_view>

#include "orchestrator/supervise/keeper_start.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"

namespace orchestrator {

// Denied, with what to type instead, where the caller may neither mount nor clone: at once, not
// when a supervisor has failed to come up.
[[nodiscard]] schemas::Result<> require_root(std::string_view command);

// A connection to the supervisor, which is started when there is none. Two callers at once get the
// same one.
[[nodiscard]] schemas::Result<runtime::FileDescriptor> ensure_supervisor(
    const runtime::StateLayout& layout, const schemas::ProjectName& project);

// A connection to the supervisor of a project that has a keeper, which may be about to start it
// again. NotFound: there is no keeper.
[[nodiscard]] schemas::Result<runtime::FileDescriptor> await_supervisor(
    const runtime::StateLayout& layout, const schemas::ProjectName& project);

// Returns when that keeper has ended (find it before asking for the end: its directory goes first)
// and the run directory is gone.
[[nodiscard]] schemas::Result<> await_end(const runtime::StateLayout& layout,
                                          const schemas::ProjectName& project,
                                          const std::optional<RunningKeeper>& keeper);

}  // namespace orchestrator
