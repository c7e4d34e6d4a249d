// Opens and reads the keeper's log files as they are, whatever a crash or a full disk left of them.
#include "runtime/journal/log_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "runtime/sys/files.hpp"

namespace runtime {

namespace {

// No burst is longer: a FIFO holds at most fs.pipe-max-size bytes. A larger one is a foreign file.
constexpr std::uint64_t kLongestBurst = 64U << 20U;

}  // namespace

std::vector<std::uint32_t> list_segments(const FileDescriptor& directory) {
  std::vector<std::uint32_t> numbers;
  const auto names = list_directory(directory);
  if (!names) return numbers;
  for (const std::string& name : *names) {
    if (!name.starts_with(kIndexPrefix)) continue;
    const char* begin = name.data() + std::string_view(kIndexPrefix).size();
    const char* end = name.data() + name.size();
    std::uint32_t number = 0;
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error == std::errc() && stop == end) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

FileDescriptor open_log_file(const FileDescriptor& directory, const char* prefix,
                             std::uint32_t number) {
  const std::string name = prefix + std::to_string(number);
  return FileDescriptor(
      ::openat(directory.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
}

std::vector<LogIndexEntry> read_entries(const FileDescriptor& index, std::uint64_t first,
                                        std::size_t count) {
  std::vector<LogIndexEntry> entries(count);
  const ssize_t length = ::pread(index.get(), entries.data(), count * sizeof(LogIndexEntry),
                                 static_cast<off_t>(first * sizeof(LogIndexEntry)));
  entries.resize(length < 0 ? 0 : static_cast<std::size_t>(length) / sizeof(LogIndexEntry));
  return entries;
}

bool is_valid(const LogIndexEntry& entry) {
  return entry.checksum == checksum_of(entry) && entry.length <= kLongestBurst &&
         (entry.stream == kLogStdout || entry.stream == kLogStderr);
}

std::string read_bytes(const FileDescriptor& segment, std::uint64_t offset, std::uint64_t length) {
  std::string bytes(length, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t part = ::pread(segment.get(), bytes.data() + filled, bytes.size() - filled,
                                 static_cast<off_t>(offset + filled));
    if (part <= 0) break;
    filled += static_cast<std::size_t>(part);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace runtime
