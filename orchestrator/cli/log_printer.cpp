// The container's stdout goes to our stdout and its stderr to our stderr, as compose does.
#include "orchestrator/cli/log_printer.hpp"

#include <unistd.h>

#include <algorithm>

#include "orchestrator/cli/report.hpp"
#include "orchestrator/reconcile/action.hpp"

namespace orchestrator {

using runtime::LogStream;
using schemas::Result;

std::string write_log_line(LogPrefixes& prefixes, const std::string& name,
                           const runtime::LogLine& line, Timestamps timestamps) {
  if (timestamps == Timestamps::Off) return prefixes.line(name, line.text);
  return prefixes.line(name, schemas::write_wall_time(line.time) + " " + line.text);
}

Result<LogPrinter> LogPrinter::open(runtime::StateLayout layout, schemas::ProjectName project,
                                    LogStyle style) {
  auto follower = runtime::LogFollower::open();
  if (!follower) return pass_up(follower, "follow the logs");
  return LogPrinter(std::move(layout), std::move(project), style, std::move(*follower));
}

LogPrinter::LogPrinter(runtime::StateLayout layout, schemas::ProjectName project, LogStyle style,
                       runtime::LogFollower follower)
    : layout_(std::move(layout)),
      project_(std::move(project)),
      timestamps_(style.timestamps),
      prefixes_(style.colours, style.prefix),
      follower_(std::move(follower)) {}

void LogPrinter::add(const schemas::ContainerName& container, std::optional<std::size_t> count) {
  if (std::find(containers_.begin(), containers_.end(), container) != containers_.end()) return;
  follower_.add(layout_.log(project_, container), count);
  containers_.push_back(container);
  prefixes_.add(display_name(container, project_));
}

Result<> LogPrinter::print() {
  auto lines = follower_.read();
  if (!lines) return pass_up(lines, "read the logs");
  print_lines(*lines);
  return {};
}

void LogPrinter::print_unfinished() { print_lines(follower_.take_unfinished()); }

// Neighbours of one stream go out in one write.
void LogPrinter::print_lines(const std::vector<runtime::FollowedLine>& lines) {
  std::string text;
  LogStream stream = LogStream::Stdout;
  const auto put_out = [&text, &stream] {
    write_to(stream == LogStream::Stdout ? STDOUT_FILENO : STDERR_FILENO, text);
    text.clear();
  };
  for (const auto& [log, line] : lines) {
    if (line.stream != stream) put_out();
    stream = line.stream;
    text += write_log_line(prefixes_, display_name(containers_[log], project_), line, timestamps_);
  }
  put_out();
}

}  // namespace orchestrator
