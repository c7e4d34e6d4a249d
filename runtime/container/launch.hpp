// Starting a container: the parent prepares everything, clones once and waits for nothing.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/container/host.hpp"
#include "runtime/container/record.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "runtime/sys/layout.hpp"
#include "runtime/sys/process.hpp"
#include "schemas/vocabulary/kernel_names.hpp"

namespace runtime {

// Whose child the container is: ours, or our parent's (the keeper's: CLONE_PARENT).
enum class Parentage : std::uint8_t { Child, Sibling };

struct LaunchRequest {
  const StateLayout& layout;
  const schemas::KernelNames& names;
  const ContainerRecord& record;
  // The endpoint set to join. Null: the host's for NetworkMode::Host, else a fresh one with only
  // lo.
  const FileDescriptor* network_namespace{nullptr};
  Parentage parentage{Parentage::Sibling};
};

// A cloned container that stands before the gate: it runs only after release().
struct Launched {
  ProcessIdentity process;
  FileDescriptor pidfd;
  FileDescriptor report;       // readable when read_start_report() has something to say
  FileDescriptor go;           // closing it unreleased ends the child
  FileDescriptor stdout_fifo;  // for the log mover: O_RDWR | O_NONBLOCK
  FileDescriptor stderr_fifo;
};

// Errors name the reason and the cure; nothing is left behind by one (but an empty cgroup).
[[nodiscard]] schemas::Result<Launched> launch_container(const LaunchRequest& request,
                                                         HostFacts& host);

// Opens the gate. Call it once the record with the process is on disk.
[[nodiscard]] schemas::Result<> release(Launched& launched);

enum class StartOutcome : std::uint8_t { Pending, Running, Failed };

struct StartReport {
  StartOutcome outcome{StartOutcome::Pending};
  std::string text{};  // Failed: what went wrong, in words
  int exit_code{0};    // Failed: 125 (our side), 126 (cannot run), 127 (not found)
};

// Never waits. Running: the program was executed.
[[nodiscard]] StartReport read_start_report(const FileDescriptor& report);

}  // namespace runtime
