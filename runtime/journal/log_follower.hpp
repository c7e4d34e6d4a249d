// LogFollower: the lines of a container as they come, for an event loop.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/journal/log_reader.hpp"

namespace runtime {

// Follows one log directory over rotation, and over its removal and return (a container that is
// created anew). The directory need not be there yet.
class LogFollower {
 public:
  // Begins with the last `count` lines; with all that are kept without a count.
  static schemas::Result<LogFollower> open(std::string directory,
                                           std::optional<std::size_t> count = std::nullopt);

  // Readable when read() may have something to say; an inotify(7) descriptor.
  [[nodiscard]] const FileDescriptor& descriptor() const { return inotify_; }

  // The lines that were completed since; never waits. Call it once after open().
  [[nodiscard]] schemas::Result<std::vector<LogLine>> read();

  // See LogReader::take_unfinished.
  [[nodiscard]] std::vector<LogLine> take_unfinished();

 private:
  LogFollower(std::string path, FileDescriptor inotify, std::optional<std::size_t> count)
      : path_(std::move(path)), inotify_(std::move(inotify)), count_(count) {}
  schemas::Result<> watch();
  [[nodiscard]] bool still_there() const;

  std::string path_;
  FileDescriptor inotify_;
  std::optional<std::size_t> count_;  // for the first directory only; later ones are read whole
  int watch_{-1};
  std::string watched_;  // the directory itself, or the nearest one above it that exists
  std::optional<LogReader> reader_;
};

}  // namespace runtime
