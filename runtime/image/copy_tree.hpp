// Copies a directory tree as it is: contents, owners, modes, times, attributes, hard links, special
// files.
#pragma once

#include <cstdint>

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

// How many regular files were copied.
struct CopiedTree {
  std::uint64_t files{0};
};

// Copies what `from` contains into the empty directory `to`, and gives `to` the owner, mode and
// times of `from`. Every name is opened once, without following links, and then used by descriptor.
// Wants a umask of 0 and the rights of root.
[[nodiscard]] schemas::Result<CopiedTree> copy_tree(const FileDescriptor& from,
                                                    const FileDescriptor& to);

}  // namespace runtime
