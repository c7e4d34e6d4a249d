// A child process for dangerous work: few descriptors, few rights, one text as its result.
#pragma once

#include <sys/types.h>

#include <functional>
#include <span>
#include <string>

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

struct ConfinedChild {
  pid_t pid{0};
  FileDescriptor pidfd;   // readable when the child is over
  FileDescriptor report;  // end of file after its result
};

using ConfinedWork = std::function<schemas::Result<std::string>()>;

// Clones a child with its own mount and network namespace (every mount private) that keeps only the
// descriptors in `keep`, dies with its parent, and runs `work`. Nothing that it does to mounts is
// seen outside.
[[nodiscard]] schemas::Result<ConfinedChild> begin_confined(std::span<const int> keep,
                                                            const ConfinedWork& work);

// Waits for the child and hands on what `work` returned; its death by a signal is an error.
[[nodiscard]] schemas::Result<std::string> finish_confined(ConfinedChild child);

// For the parent: a mount of `directory` alone, attached nowhere. The child cannot make it: in its
// new mount namespace the kernel refuses to clone mounts of the old one.
[[nodiscard]] schemas::Result<FileDescriptor> clone_mount(const FileDescriptor& directory);

// For the child: makes a mount from clone_mount the root of everything that it can reach.
[[nodiscard]] schemas::Result<> enter_root(const FileDescriptor& mount);

// For the child: keeps the capabilities that making files of any kind and owner needs, no others.
[[nodiscard]] schemas::Result<> drop_rights();

}  // namespace runtime
