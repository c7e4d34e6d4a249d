// LogReader: the lines that a container wrote, joined again from the keeper's segments and index.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/journal/formats.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace runtime {

enum class LogStream : std::uint8_t { Stdout, Stderr };
enum class LineEnd : std::uint8_t {
  Newline,
  None
};  // None: the run ended, or it is not written yet

// One line without its newline.
struct LogLine {
  schemas::WallTime time{};  // when its first byte was read from the container
  LogStream stream{LogStream::Stdout};
  std::string text;
  LineEnd end{LineEnd::Newline};
  friend bool operator==(const LogLine&, const LogLine&) = default;
};

// A line longer than this is handed over in parts, all but the last with LineEnd::None.
inline constexpr std::size_t kLongestLine = 1U << 20U;

// Reads forward through one container's log directory while the keeper may still write to it.
class LogReader {
 public:
  // From the oldest line that is kept. NotFound when there is no such directory.
  static schemas::Result<LogReader> open(const std::string& directory);

  // So that the last `count` lines are still to come; found from the end, through the index.
  static schemas::Result<LogReader> open_at_last(const std::string& directory, std::size_t count);

  // The next complete line, in the order in which lines were completed; nothing at the end of what
  // has been written so far (ask again later).
  [[nodiscard]] std::optional<LogLine> next();

  // What has been written of lines that have no newline yet; call at the end. They are not lost:
  // next() goes on with what follows.
  [[nodiscard]] std::vector<LogLine> take_unfinished();

  [[nodiscard]] const FileDescriptor& directory() const { return directory_; }

 private:
  struct Unfinished {
    schemas::WallTime begun{};
    std::string text;
  };

  explicit LogReader(FileDescriptor directory) : directory_(std::move(directory)) {}
  bool read_more();
  [[nodiscard]] std::optional<std::uint32_t> find_next_segment() const;
  bool open_segment(std::uint32_t number);
  void take_bursts(std::span<const LogIndexEntry> entries);
  void take_burst(const LogIndexEntry& entry, std::string_view text);
  void finish_line(LogStream stream, LineEnd end);

  FileDescriptor directory_;
  FileDescriptor segment_file_;
  FileDescriptor index_file_;
  std::optional<std::uint32_t> segment_;
  std::uint64_t next_entry_{0};
  std::array<Unfinished, 2> unfinished_;
  std::deque<LogLine> lines_;
};

// The last `count` lines (all without a count), unfinished ones included.
[[nodiscard]] schemas::Result<std::vector<LogLine>> read_log(
    const std::string& directory, std::optional<std::size_t> count = std::nullopt);

}  // namespace runtime
