// The exit journal: how a process ended, told by the keeper that saw it, to whoever asks later.
#pragma once

#include <optional>
#include <string>

#include "runtime/sys/process.hpp"
#include "schemas/vocabulary/quantities.hpp"
#include "schemas/vocabulary/status.hpp"

namespace runtime {

// One end of a process.
struct ExitedProcess {
  schemas::ExitStatus status;  // out_of_memory is not known here: the cgroup tells
  schemas::WallTime wall_time{};
  schemas::Instant boot_time{};
  friend bool operator==(const ExitedProcess&, const ExitedProcess&) = default;
};

// The first record of that process in the journal at `path` (StateLayout::exit_journal), or in the
// one before it. Nothing when it is not there; torn, foreign and doubled records are passed over.
[[nodiscard]] std::optional<ExitedProcess> read_exit(const std::string& path,
                                                     const ProcessIdentity& process);

}  // namespace runtime
