// Holder: whoever keeps descriptors and logs alive while the supervisor is dead (the keeper).
#pragma once

#include <cstdint>
#include <string>

#include "runtime/sys/file_descriptor.hpp"
#include "runtime/sys/process.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"

namespace orchestrator {

// The keeper reaps its own children; of a process that it adopted it only sees the end.
enum class Kinship : std::uint8_t { Child, Adopted };

// The part of the keeper that the world needs. Calls only send; nothing is waited for. The holder
// takes duplicates: the caller keeps its own descriptors.
class Holder {
 public:
  virtual ~Holder() = default;

  // Keeps a descriptor under `name`; an older one of that name is replaced.
  virtual schemas::Result<> hold(const std::string& name,
                                 const runtime::FileDescriptor& descriptor) = 0;
  virtual schemas::Result<> drop(const std::string& name) = 0;

  // As hold(), under pidfd_name(container); the exit of the process will be in the journal.
  virtual schemas::Result<> hold_process(const schemas::ContainerName& container,
                                         const runtime::ProcessIdentity& process,
                                         const runtime::FileDescriptor& pidfd, Kinship kinship) = 0;

  // Moves what the container writes to its FIFOs into segments below `directory`.
  virtual schemas::Result<> move_logs(const schemas::ContainerName& container,
                                      const runtime::FileDescriptor& standard_output,
                                      const runtime::FileDescriptor& standard_error,
                                      const runtime::FileDescriptor& directory) = 0;
  virtual schemas::Result<> end_logs(const schemas::ContainerName& container) = 0;
};

// The names under which a container's descriptors are held.
[[nodiscard]] inline std::string pidfd_name(const schemas::ContainerName& container) {
  return "pidfd:" + container.text;
}
[[nodiscard]] inline std::string endpoint_set_name(const schemas::ContainerName& container) {
  return "netns:" + container.text;
}
[[nodiscard]] inline std::string dns_udp_name(const schemas::ContainerName& container) {
  return "dns-udp:" + container.text;
}
[[nodiscard]] inline std::string dns_tcp_name(const schemas::ContainerName& container) {
  return "dns-tcp:" + container.text;
}

}  // namespace orchestrator
