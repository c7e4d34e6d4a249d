// Files and directories by descriptor: bounded reads, atomic writes, lookups that cannot escape.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

enum class Durability : std::uint8_t { UntilPowerCut, OverPowerCut };

// Reads a regular file of at most `limit` bytes; larger, or not a regular file, is Invalid.
[[nodiscard]] schemas::Result<std::string> read_file(const std::string& path,
                                                     std::size_t limit = 16U << 20U);
[[nodiscard]] schemas::Result<std::string> read_file_at(const FileDescriptor& directory,
                                                        const std::string& path,
                                                        std::size_t limit = 16U << 20U);

// Writes a temporary file beside `name` and renames it: readers see the old or the new text.
[[nodiscard]] schemas::Result<> write_file_at(const FileDescriptor& directory,
                                              const std::string& name, std::string_view text,
                                              mode_t mode = 0600,
                                              Durability durability = Durability::UntilPowerCut);

// Opens a directory (O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW on the last component).
[[nodiscard]] schemas::Result<FileDescriptor> open_directory(const std::string& path);
[[nodiscard]] schemas::Result<FileDescriptor> open_directory_at(const FileDescriptor& directory,
                                                                const std::string& path);

// Makes every missing component of an absolute path (mode for the new ones) and opens the last.
[[nodiscard]] schemas::Result<FileDescriptor> ensure_directory(const std::string& path,
                                                               mode_t mode = 0700);
[[nodiscard]] schemas::Result<FileDescriptor> ensure_directory_at(const FileDescriptor& directory,
                                                                  const std::string& name,
                                                                  mode_t mode = 0700);

// openat2(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS): `path` is looked up as if `root` were "/".
[[nodiscard]] schemas::Result<FileDescriptor> open_in_root(const FileDescriptor& root,
                                                           const std::string& path, int flags,
                                                           mode_t mode = 0);

// Names in a directory, sorted, without "." and "..".
[[nodiscard]] schemas::Result<std::vector<std::string>> list_directory(
    const FileDescriptor& directory);

// Removes `name` and everything below it without following links; absent is not an error.
[[nodiscard]] schemas::Result<> remove_tree_at(const FileDescriptor& directory,
                                               const std::string& name);

// An exclusive flock(2) on a file; released when destroyed or when the process dies.
class FileLock {
 public:
  static schemas::Result<FileLock> take(const FileDescriptor& directory, const std::string& name);
  // Busy when somebody else holds it.
  static schemas::Result<FileLock> try_take(const FileDescriptor& directory,
                                            const std::string& name);
  [[nodiscard]] const FileDescriptor& descriptor() const { return file_; }

 private:
  explicit FileLock(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

}  // namespace runtime
