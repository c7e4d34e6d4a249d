// LogFollower: the lines of many containers as they come, for an event loop.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "runtime/journal/log_reader.hpp"

namespace runtime {

// A line and the log it is from: the number that LogFollower::add gave.
struct FollowedLine {
  std::size_t log{0};
  LogLine line;
  friend bool operator==(const FollowedLine&, const FollowedLine&) = default;
};

// Follows log directories over rotation, and over their removal and return (a container that is
// created anew). One inotify(7) instance for all, because a user has few of those.
class LogFollower {
 public:
  static schemas::Result<LogFollower> open();

  // The directory need not be there yet. Begins with the last `count` lines; with all that are kept
  // without a count. Its lines come with the next read().
  std::size_t add(std::string directory, std::optional<std::size_t> count = std::nullopt);

  // Readable when read() may have something to say.
  [[nodiscard]] const FileDescriptor& descriptor() const { return inotify_; }

  // The lines that were completed since the last call, oldest first; never waits.
  [[nodiscard]] schemas::Result<std::vector<FollowedLine>> read();

  // What has been written of lines without a newline, for whoever stops following.
  [[nodiscard]] std::vector<FollowedLine> take_unfinished();

 private:
  struct Log {
    std::string path;
    std::optional<std::size_t> count;  // for its first directory only; later ones are read whole
    int watch{-1};                     // of the directory; -1: look where it is
    std::optional<LogReader> reader;
    bool stirred{true};
  };

  explicit LogFollower(FileDescriptor inotify) : inotify_(std::move(inotify)) {}
  schemas::Result<> take_events();
  void look_again(int watch);
  schemas::Result<> watch(Log& log) const;
  schemas::Result<> find_directory(Log& log, std::size_t number, std::vector<FollowedLine>& lines);

  FileDescriptor inotify_;
  std::vector<Log> logs_;
};

}  // namespace runtime
