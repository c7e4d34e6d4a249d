// Starting a project's keeper, which then starts the supervisor and never lets go of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/supervise/keeper_client.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "runtime/sys/layout.hpp"
#include "runtime/sys/process.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace orchestrator {

// A supervisor that lived longer than `settled` is respawned at once, else after a delay that
// doubles from `first` to `longest`.
struct RespawnDelays {
  schemas::Duration settled{std::chrono::seconds{1}};
  schemas::Duration first{std::chrono::milliseconds{50}};
  schemas::Duration longest{std::chrono::seconds{5}};
};

struct KeeperStart {
  runtime::StateLayout layout;
  schemas::ProjectName project;
  std::vector<std::string> supervisor;  // argv; the environment is the caller's
  runtime::FileDescriptor binary;       // what is executed: open_own_binary()
  Holdings holdings;                    // of a keeper that died: the new one goes on with them
  RespawnDelays respawn;
  // The soft limit that its supervisors begin with, for a caller that raised its own.
  std::optional<std::uint64_t> descriptor_limit{};
};

struct RunningKeeper {
  runtime::ProcessIdentity identity;
  runtime::FileDescriptor pidfd;
  std::vector<KeeperRefused> refused;  // of the holdings
};

// A keeper in a session of its own, its output and the supervisor's in <root>/projects/<project>/
// supervisor.log. Returns when it holds everything and has begun to start the supervisor. Busy: the
// project has a keeper already (`up` just connects). Called by a supervisor whose keeper died, too:
// the new keeper starts a new supervisor, so the caller then exits.
[[nodiscard]] schemas::Result<RunningKeeper> start_keeper(const KeeperStart& start);

// The project's keeper if one is alive.
[[nodiscard]] std::optional<RunningKeeper> find_keeper(const runtime::StateLayout& layout,
                                                       const schemas::ProjectName& project);

// This program's own binary, through a read-only mount of its own where that is possible, so that
// nobody who gets hold of /proc/<supervisor>/exe can write to it (CVE-2019-5736).
[[nodiscard]] schemas::Result<runtime::FileDescriptor> open_own_binary();

}  // namespace orchestrator
