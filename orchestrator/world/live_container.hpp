// LiveContainer: one container with its record and the descriptors by which we reach it.
#pragma once

#include <optional>
#include <string>

#include "runtime/container/exec.hpp"
#include "runtime/container/record.hpp"
#include "runtime/sys/file_descriptor.hpp"

namespace orchestrator {

// A health probe that is running.
struct ProbeRun {
  runtime::ExecProcess process;
  runtime::FileDescriptor output;  // the read end; empty once the probe has closed its side
  std::string text;                // what it wrote so far, at most kProbeOutputLimit bytes
  schemas::Instant started;
  bool timed_out{false};
};

struct LiveContainer {
  runtime::ContainerRecord record;
  runtime::FileDescriptor endpoint_set;  // network namespace; empty unless NetworkMode::Bridged
  runtime::FileDescriptor pidfd;         // while the process lives
  runtime::FileDescriptor report;        // while Starting
  bool exit_seen{false};                 // the process is gone, its journal entry is not there yet
  bool start_void{false};  // its supervisor died in mid-start: it was killed and starts anew
  std::optional<ProbeRun> probe;
};

}  // namespace orchestrator
