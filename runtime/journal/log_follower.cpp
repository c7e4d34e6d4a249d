// Follows logs by inotify(7). Events only say "look again"; what is there is read from the files.
#include "runtime/journal/log_follower.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace runtime {

using schemas::ErrorKind;
using schemas::os_error;
using schemas::pass_up;
using schemas::Result;

namespace {

// A directory that we hold open sends no IN_DELETE_SELF when it is removed (the inode lives on), so
// the ones above tell. Four of them: <project>/containers/<container>/log, and where <project>
// lies.
constexpr int kLevelsAbove = 4;
constexpr std::uint32_t kAboveMask =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR | IN_EXCL_UNLINK;
constexpr std::uint32_t kLogMask = IN_MODIFY | IN_CREATE | IN_ONLYDIR;

bool is_directory_at(const LogReader& reader, const std::string& path) {
  struct stat ours {};
  struct stat there {};
  return ::fstat(reader.directory().get(), &ours) == 0 && ::stat(path.c_str(), &there) == 0 &&
         ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

void take_lines(LogReader& reader, std::size_t number, std::vector<FollowedLine>& lines) {
  while (auto line = reader.next()) lines.push_back({.log = number, .line = std::move(*line)});
}

void take_rest(LogReader& reader, std::size_t number, std::vector<FollowedLine>& lines) {
  for (LogLine& line : reader.take_unfinished())
    lines.push_back({.log = number, .line = std::move(line)});
}

}  // namespace

Result<LogFollower> LogFollower::open() {
  FileDescriptor inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify) return os_error(errno, "watch logs");
  return LogFollower(std::move(inotify));
}

std::size_t LogFollower::add(std::string directory, std::optional<std::size_t> count) {
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  logs_.push_back({.path = std::move(directory), .count = count, .reader = std::nullopt});
  return logs_.size() - 1;
}

Result<std::vector<FollowedLine>> LogFollower::read() {
  if (auto taken = take_events(); !taken) return pass_up(taken);
  std::vector<FollowedLine> lines;
  for (std::size_t number = 0; number < logs_.size(); ++number) {
    Log& log = logs_[number];
    if (!std::exchange(log.stirred, false)) continue;
    if (log.watch < 0)
      if (auto found = find_directory(log, number, lines); !found)
        return pass_up(found, "follow {}", log.path);
    if (log.reader) take_lines(*log.reader, number, lines);
  }
  std::stable_sort(lines.begin(), lines.end(), [](const FollowedLine& a, const FollowedLine& b) {
    return a.line.time < b.line.time;
  });
  return lines;
}

std::vector<FollowedLine> LogFollower::take_unfinished() {
  std::vector<FollowedLine> lines;
  for (std::size_t number = 0; number < logs_.size(); ++number)
    if (logs_[number].reader) take_rest(*logs_[number].reader, number, lines);
  return lines;
}

Result<> LogFollower::take_events() {
  std::array<char, 16384> buffer;
  while (true) {
    const ssize_t length = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return {};
    if (length < 0) return os_error(errno, "read inotify events");
    for (std::size_t offset = 0;
         offset + sizeof(inotify_event) <= static_cast<std::size_t>(length);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + offset, sizeof(event));
      look_again((event.mask & (IN_Q_OVERFLOW | IN_IGNORED)) != 0 ? -1 : event.wd);
      offset += sizeof(event) + event.len;
    }
  }
}

// An event of a log's own directory stirs that log; any other may have replaced any directory.
void LogFollower::look_again(int watch) {
  const auto own = std::find_if(logs_.begin(), logs_.end(),
                                [watch](const Log& log) { return log.watch == watch; });
  if (watch >= 0 && own != logs_.end()) {
    own->stirred = true;
    return;
  }
  for (Log& log : logs_) {
    log.stirred = true;
    log.watch = -1;
  }
}

// Watches the directories above first: what appears below one of them after that is an event.
Result<> LogFollower::watch(Log& log) const {
  std::array<std::filesystem::path, kLevelsAbove> above;
  std::filesystem::path path = log.path;
  for (auto& level : above) level = path = path.parent_path();
  std::reverse(above.begin(), above.end());
  const auto is_fatal = [] { return errno == ENOSPC || errno == ENOMEM; };
  for (const auto& level : above)
    if (::inotify_add_watch(inotify_.get(), level.c_str(), kAboveMask | IN_MASK_ADD) < 0 &&
        is_fatal())
      return os_error(errno, "watch {}", level.native());
  log.watch = ::inotify_add_watch(inotify_.get(), log.path.c_str(), kLogMask | IN_MASK_ADD);
  if (log.watch < 0 && is_fatal()) return os_error(errno, "watch {}", log.path);
  return {};
}

// Opens the directory that is there now; what is left of the one before is read first.
Result<> LogFollower::find_directory(Log& log, std::size_t number,
                                     std::vector<FollowedLine>& lines) {
  if (auto watched = watch(log); !watched) return pass_up(watched);
  if (log.reader && is_directory_at(*log.reader, log.path)) return {};
  if (log.reader) {
    take_lines(*log.reader, number, lines);
    take_rest(*log.reader, number, lines);
    log.reader.reset();
    log.count.reset();
  }
  auto reader =
      log.count ? LogReader::open_at_last(log.path, *log.count) : LogReader::open(log.path);
  if (reader) log.reader.emplace(std::move(*reader));
  if (!reader && reader.error().kind() != ErrorKind::NotFound) return pass_up(reader);
  return {};
}

}  // namespace runtime
