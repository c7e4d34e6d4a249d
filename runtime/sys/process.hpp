// Processes by identity: pid and start time together, and pidfds that cannot be fooled by reuse.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/status.hpp"

namespace runtime {

// A pid alone may be reused; with the start time (clock ticks since boot, proc(5) field 22) it is
// one process.
struct ProcessIdentity {
  pid_t pid{0};
  std::uint64_t start_time{0};
  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

// NotFound when there is no such process.
[[nodiscard]] schemas::Result<ProcessIdentity> identify(pid_t pid);

// Opens a pidfd, then compares the start time: nothing when that process is gone (or is a zombie).
[[nodiscard]] std::optional<FileDescriptor> open_process(const ProcessIdentity& identity);

// Sends a signal through a pidfd (pidfd_send_signal(2)); a process that is gone is not an error.
[[nodiscard]] schemas::Result<> send_signal(const FileDescriptor& pidfd, int signal);

// True once the process has exited (the pidfd polls readable); never waits.
[[nodiscard]] bool has_exited(const FileDescriptor& pidfd);

// Exit status through PIDFD_GET_INFO (Linux 6.15) after somebody reaped the process; nothing
// on older kernels or before the reap.
[[nodiscard]] std::optional<schemas::ExitStatus> exit_status_of(const FileDescriptor& pidfd);

// Decodes a wait(2) status.
[[nodiscard]] schemas::ExitStatus decode_wait_status(int status);

// Our own pid namespace's view of whether a pid is alive is not enough for records: this is what
// they store.
struct CloneRequest {
  std::uint64_t flags{0};                 // CLONE_NEW*, CLONE_PARENT, ...
  const FileDescriptor* cgroup{nullptr};  // CLONE_INTO_CGROUP when given
};

struct CloneResult {
  pid_t pid{0};  // 0 in the child
  FileDescriptor pidfd;
};

// clone3(2) with CLONE_PIDFD and no shared memory. With CLONE_PARENT the exit signal is 0.
[[nodiscard]] schemas::Result<CloneResult> clone_process(const CloneRequest& request);

}  // namespace runtime
