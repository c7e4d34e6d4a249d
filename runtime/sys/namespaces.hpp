// Namespaces: making one, and being inside one for the length of a scope.
#pragma once

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

// "This thread is inside namespace N": goes back when destroyed. If going back fails the process
// aborts; it must not go on in the wrong namespace.
class ScopedNamespace {
 public:
  // `type` is CLONE_NEWNET, CLONE_NEWPID (for children), ...; see setns(2).
  static schemas::Result<ScopedNamespace> enter(const FileDescriptor& target, int type);
  ScopedNamespace(ScopedNamespace&&) noexcept;
  ScopedNamespace& operator=(ScopedNamespace&&) = delete;
  ScopedNamespace(const ScopedNamespace&) = delete;
  ScopedNamespace& operator=(const ScopedNamespace&) = delete;
  ~ScopedNamespace();

 private:
  ScopedNamespace(FileDescriptor home, int type) : home_(std::move(home)), type_(type) {}
  FileDescriptor home_;
  int type_{0};
};

// A new network namespace, held by the descriptor alone; this thread stays where it was.
[[nodiscard]] schemas::Result<FileDescriptor> create_network_namespace();

// The namespace of a living process: open_namespace(pid, "net").
[[nodiscard]] schemas::Result<FileDescriptor> open_namespace(int pid, const char* kind);

}  // namespace runtime
