// Holder: whoever keeps descriptors and logs alive while the supervisor is dead (the keeper).
#pragma once

#include <string>

#include "runtime/sys/file_descriptor.hpp"
#include "runtime/sys/process.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"

namespace orchestrator {

// A descriptor under the name by which a later supervisor asks for it.
struct HeldDescriptor {
  std::string name;
  runtime::FileDescriptor descriptor;
};

// The part of the keeper that the world needs. Calls only send; nothing is waited for.
class Holder {
 public:
  virtual ~Holder() = default;

  // Keeps a duplicate under `name`; an older one of that name is replaced.
  virtual schemas::Result<> hold(const std::string& name,
                                 const runtime::FileDescriptor& descriptor) = 0;
  virtual schemas::Result<> drop(const std::string& name) = 0;

  // Journals the exit of a container's first process; `pidfd` comes back under "pidfd:<container>".
  virtual schemas::Result<> watch_process(const schemas::ContainerName& container,
                                          const runtime::ProcessIdentity& process,
                                          const runtime::FileDescriptor& pidfd) = 0;

  // Begins to move what the container writes into segments below `directory`.
  virtual schemas::Result<> move_logs(const schemas::ContainerName& container,
                                      const runtime::FileDescriptor& standard_output,
                                      const runtime::FileDescriptor& standard_error,
                                      const runtime::FileDescriptor& directory) = 0;
  virtual schemas::Result<> end_logs(const schemas::ContainerName& container) = 0;
};

}  // namespace orchestrator
