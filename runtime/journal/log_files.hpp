// LogFiles: the segments of one log directory by number, for the readers of this floor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/journal/formats.hpp"
#include "runtime/sys/file_descriptor.hpp"

namespace runtime {

// The index files that are there, by number, oldest first.
[[nodiscard]] std::vector<std::uint32_t> list_segments(const FileDescriptor& directory);

// Empty when it is not there (any more).
[[nodiscard]] FileDescriptor open_log_file(const FileDescriptor& directory, const char* prefix,
                                           std::uint32_t number);

// At most `count` entries from entry number `first` on, as they lie there: check is_valid().
[[nodiscard]] std::vector<LogIndexEntry> read_entries(const FileDescriptor& index,
                                                      std::uint64_t first, std::size_t count);

[[nodiscard]] bool is_valid(const LogIndexEntry& entry);

// What can be read of `length` bytes at `offset`.
[[nodiscard]] std::string read_bytes(const FileDescriptor& segment, std::uint64_t offset,
                                     std::uint64_t length);

// Where to begin reading so that the last `count` lines are complete.
struct LogPosition {
  std::uint32_t segment{0};
  std::uint64_t entry{0};
};

// Nothing when the log is empty.
[[nodiscard]] std::optional<LogPosition> find_last_lines(const FileDescriptor& directory,
                                                         std::size_t count);

}  // namespace runtime
