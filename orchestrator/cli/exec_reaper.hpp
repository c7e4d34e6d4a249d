// A process between us and a program in a container, which is its parent in our stead.
//
// A container's pid 1 cannot finish exiting before each process of its namespace has been reaped
// (pid_namespaces(7)). A parent that the user stops (Ctrl-Z) would hold up every `down`; this one
// is in a session of its own, and waits for nothing but the program's end.
#pragma once

#include "runtime/container/exec.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

// A process in a container, as we see it from beside its parent.
struct ReapedProcess {
  runtime::FileDescriptor pidfd;
  runtime::FileDescriptor report;    // see runtime::read_start_report()
  runtime::FileDescriptor terminal;  // the pty's master, with Terminal::Yes
  runtime::FileDescriptor end;       // readable once it has ended; closing it sends it SIGHUP
};

// exec_in_container() by a reaper. Call it before signals are blocked: both inherit our mask.
[[nodiscard]] schemas::Result<ReapedProcess> exec_with_reaper(const runtime::ExecRequest& request,
                                                              runtime::HostFacts& host);

// Waits for the end: the exit code as a shell counts it.
[[nodiscard]] schemas::Result<int> await_exit_code(const ReapedProcess& process);

}  // namespace orchestrator
