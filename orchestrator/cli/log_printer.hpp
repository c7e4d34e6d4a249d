// LogPrinter: what containers write, on our stdout and stderr, line by line as it comes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/cli/log_prefix.hpp"
#include "runtime/journal/log_follower.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"

namespace orchestrator {

enum class Timestamps : std::uint8_t { Off, On };

struct LogStyle {
  Colours colours{Colours::Off};
  Prefix prefix{Prefix::On};
  Timestamps timestamps{Timestamps::Off};
};

// One line as it is shown, with its newline. Pure.
[[nodiscard]] std::string write_log_line(LogPrefixes& prefixes, const std::string& name,
                                         const runtime::LogLine& line, Timestamps timestamps);

class LogPrinter {
 public:
  static schemas::Result<LogPrinter> open(runtime::StateLayout layout, schemas::ProjectName project,
                                          LogStyle style);

  // From its last `count` lines on; all that are kept without a count. Known ones are passed over.
  void add(const schemas::ContainerName& container, std::optional<std::size_t> count);

  // Readable when print() may have something to say.
  [[nodiscard]] const runtime::FileDescriptor& descriptor() const { return follower_.descriptor(); }
  schemas::Result<> print();
  void print_unfinished();  // at the end: lines that have no newline

 private:
  LogPrinter(runtime::StateLayout layout, schemas::ProjectName project, LogStyle style,
             runtime::LogFollower follower);
  void print_lines(const std::vector<runtime::FollowedLine>& lines);

  runtime::StateLayout layout_;
  schemas::ProjectName project_;
  Timestamps timestamps_;
  LogPrefixes prefixes_;
  runtime::LogFollower follower_;
  std::vector<schemas::ContainerName> containers_;  // by the follower's numbers
};

}  // namespace orchestrator
