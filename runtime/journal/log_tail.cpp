// Finds the last lines of a log from its end: reads the index backwards and only the bursts it
// needs.
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "runtime/journal/log_files.hpp"

namespace runtime {

namespace {

// Walks a log's entries from the newest to the oldest, over segments.
class BackwardEntries {
 public:
  explicit BackwardEntries(const FileDescriptor& directory)
      : directory_(directory), segments_(list_segments(directory)) {}

  // False at the beginning of the log.
  bool step() {
    while (true) {
      while (!block_.empty()) {
        entry_ = block_.back();
        block_.pop_back();
        --position_.entry;
        if (is_valid(entry_)) return true;
      }
      if (position_.entry == 0 && !open_older_segment()) return false;
      const std::uint64_t first = position_.entry - std::min<std::uint64_t>(position_.entry, 128);
      block_ = read_entries(index_, first, static_cast<std::size_t>(position_.entry - first));
      if (block_.empty()) position_.entry = 0;  // cut off under our hands: go on with an older one
    }
  }

  [[nodiscard]] const LogIndexEntry& entry() const { return entry_; }
  [[nodiscard]] LogPosition position() const { return position_; }
  [[nodiscard]] std::string bytes() const {
    return read_bytes(segment_, entry_.offset, entry_.length);
  }

 private:
  bool open_older_segment() {
    while (!segments_.empty()) {
      const std::uint32_t number = segments_.back();
      segments_.pop_back();
      index_ = open_log_file(directory_, kIndexPrefix, number);
      segment_ = open_log_file(directory_, kSegmentPrefix, number);
      struct stat facts {};
      if (!index_ || !segment_ || ::fstat(index_.get(), &facts) < 0) continue;
      const std::uint64_t entries =
          static_cast<std::uint64_t>(facts.st_size) / sizeof(LogIndexEntry);
      position_ = {.segment = number, .entry = entries};
      if (entries > 0) return true;
    }
    return false;
  }

  const FileDescriptor& directory_;
  std::vector<std::uint32_t> segments_;
  FileDescriptor index_;
  FileDescriptor segment_;
  std::vector<LogIndexEntry> block_;
  LogIndexEntry entry_{};
  LogPosition position_;
};

}  // namespace

std::optional<LogPosition> find_last_lines(const FileDescriptor& directory, std::size_t count) {
  BackwardEntries entries(directory);
  std::optional<LogPosition> start;
  std::size_t newlines = 0;
  // Per stream: what lies at and after `start` begins with the beginning of a line.
  std::array<bool, 2> whole{false, false};
  while (entries.step()) {
    const LogIndexEntry& entry = entries.entry();
    if (!start) start = LogPosition{entries.position().segment, entries.position().entry + 1};
    if ((entry.flags & kLogBreak) != 0) {
      if (newlines >= count) return start;  // every line of this run begins after it
      start = entries.position();
      continue;
    }
    bool& stream_whole = whole.at(entry.stream - kLogStdout);
    if (newlines >= count) {
      // Enough lines; this burst matters only if a line that we keep began in it or before it.
      if (stream_whole) continue;
      const std::string bytes = entries.bytes();
      stream_whole = bytes.ends_with('\n');
      if (!stream_whole) {
        start = entries.position();
        stream_whole = bytes.find('\n') != std::string::npos;
      }
      if (whole[0] && whole[1]) return start;
      continue;
    }
    const std::string bytes = entries.bytes();
    newlines += static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    start = entries.position();
  }
  return start;
}

}  // namespace runtime
