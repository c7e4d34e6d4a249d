// Joins bursts to lines: one unfinished line per stream, closed by its newline or by a new run.
#include "runtime/journal/log_reader.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/journal/log_files.hpp"
#include "runtime/sys/files.hpp"

namespace runtime {

using schemas::pass_up;
using schemas::Result;

namespace {

constexpr std::size_t kEntriesAtOnce = 128;
constexpr std::uint64_t kBytesAtOnce = 1U << 20U;

// How many entries from the first on lie one after the other, up to kBytesAtOnce bytes.
std::size_t count_contiguous(std::span<const LogIndexEntry> entries) {
  std::uint64_t total = entries[0].length;
  std::size_t count = 1;
  for (; count < entries.size(); ++count) {
    const LogIndexEntry& entry = entries[count];
    total += entry.length;
    if (!is_valid(entry) || total > kBytesAtOnce ||
        entry.offset != entries[count - 1].offset + entries[count - 1].length)
      break;
  }
  return count;
}

bool is_deleted(const FileDescriptor& file) {
  struct stat facts {};
  return ::fstat(file.get(), &facts) < 0 || facts.st_nlink == 0;
}

}  // namespace

Result<LogReader> LogReader::open(const std::string& directory) {
  auto opened = open_directory(directory);
  if (!opened) return pass_up(opened, "open the log");
  return LogReader(std::move(*opened));
}

Result<LogReader> LogReader::open_at_last(const std::string& directory, std::size_t count) {
  auto reader = open(directory);
  if (!reader) return reader;
  const auto start = find_last_lines(reader->directory_, count);
  if (!start || !reader->open_segment(start->segment)) return reader;
  reader->next_entry_ = start->entry;
  std::deque<LogLine>& lines = reader->lines_;
  const auto surplus = [&](std::size_t unfinished) {
    const std::size_t wanted = count - std::min(count, unfinished);
    return lines.size() - std::min(lines.size(), wanted);
  };
  while (reader->read_more())
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(surplus(0)));
  const std::size_t unfinished = (reader->unfinished_[0].text.empty() ? 0U : 1U) +
                                 (reader->unfinished_[1].text.empty() ? 0U : 1U);
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(surplus(unfinished)));
  return reader;
}

std::optional<LogLine> LogReader::next() {
  while (lines_.empty())
    if (!read_more()) return std::nullopt;
  LogLine line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

std::vector<LogLine> LogReader::take_unfinished() {
  // Lines that are complete keep their place in the queue: only what follows them is taken here.
  const std::size_t complete = lines_.size();
  for (const LogStream stream : {LogStream::Stdout, LogStream::Stderr})
    finish_line(stream, LineEnd::None);
  std::vector<LogLine> taken(
      std::make_move_iterator(lines_.begin() + static_cast<std::ptrdiff_t>(complete)),
      std::make_move_iterator(lines_.end()));
  lines_.resize(complete);
  return taken;
}

// False at the end of what has been written so far.
bool LogReader::read_more() {
  if (!segment_) {
    const auto segments = list_segments(directory_);
    if (segments.empty() || !open_segment(segments.front())) return false;
  }
  auto entries = read_entries(index_file_, next_entry_, kEntriesAtOnce);
  if (entries.empty()) {
    const auto following = find_next_segment();
    if (!following) return false;
    // This segment was finished before the next one was there: a second look sees all of it.
    entries = read_entries(index_file_, next_entry_, kEntriesAtOnce);
    if (entries.empty()) return open_segment(*following);
  }
  next_entry_ += entries.size();
  take_bursts(entries);
  return true;
}

std::optional<std::uint32_t> LogReader::find_next_segment() const {
  const std::uint32_t next = *segment_ + 1;
  if (open_log_file(directory_, kIndexPrefix, next)) return next;
  if (!is_deleted(index_file_)) return std::nullopt;
  // Rotation has overtaken us: go on with the oldest that is left.
  const auto segments = list_segments(directory_);
  const auto following = std::upper_bound(segments.begin(), segments.end(), *segment_);
  return following == segments.end() ? std::nullopt : std::optional(*following);
}

bool LogReader::open_segment(std::uint32_t number) {
  FileDescriptor index = open_log_file(directory_, kIndexPrefix, number);
  FileDescriptor segment = open_log_file(directory_, kSegmentPrefix, number);
  if (!index || !segment) return false;
  index_file_ = std::move(index);
  segment_file_ = std::move(segment);
  segment_ = number;
  next_entry_ = 0;
  return true;
}

void LogReader::take_bursts(std::span<const LogIndexEntry> entries) {
  while (!entries.empty()) {
    if (!is_valid(entries[0])) {
      entries = entries.subspan(1);
      continue;
    }
    const auto together = entries.first(count_contiguous(entries));
    const std::uint64_t begin = together.front().offset;
    const std::uint64_t end = together.back().offset + together.back().length;
    const std::string bytes = read_bytes(segment_file_, begin, end - begin);
    for (const LogIndexEntry& entry : together) {
      const std::size_t offset = std::min<std::size_t>(entry.offset - begin, bytes.size());
      take_burst(entry, std::string_view(bytes).substr(offset, entry.length));
    }
    entries = entries.subspan(together.size());
  }
}

void LogReader::take_burst(const LogIndexEntry& entry, std::string_view text) {
  if ((entry.flags & kLogBreak) != 0) {
    finish_line(LogStream::Stdout, LineEnd::None);
    finish_line(LogStream::Stderr, LineEnd::None);
    return;
  }
  const LogStream stream = entry.stream == kLogStdout ? LogStream::Stdout : LogStream::Stderr;
  Unfinished& line = unfinished_.at(static_cast<std::size_t>(stream));
  while (!text.empty()) {
    if (line.text.empty())
      line.begun = schemas::WallTime(std::chrono::nanoseconds(entry.wall_time));
    const std::size_t room = kLongestLine - line.text.size();
    const std::string_view part = text.substr(0, text.find('\n'));
    line.text += part.substr(0, room);
    text.remove_prefix(std::min(part.size(), room));
    if (part.size() > room) {
      finish_line(stream, LineEnd::None);
    } else if (!text.empty()) {
      text.remove_prefix(1);
      finish_line(stream, LineEnd::Newline);
    }
  }
}

// An empty line is one only when it has a newline.
void LogReader::finish_line(LogStream stream, LineEnd end) {
  Unfinished& line = unfinished_.at(static_cast<std::size_t>(stream));
  if (line.text.empty() && end == LineEnd::None) return;
  lines_.push_back(
      {.time = line.begun, .stream = stream, .text = std::exchange(line.text, {}), .end = end});
}

Result<std::vector<LogLine>> read_log(const std::string& directory,
                                      std::optional<std::size_t> count) {
  auto reader = count ? LogReader::open_at_last(directory, *count) : LogReader::open(directory);
  if (!reader) return pass_up(reader);
  std::vector<LogLine> lines;
  while (auto line = reader->next()) lines.push_back(std::move(*line));
  for (LogLine& line : reader->take_unfinished()) lines.push_back(std::move(line));
  if (count && lines.size() > *count)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(*count));
  return lines;
}

}  // namespace runtime
