// Cursor movements for the table; lines of their own for everything else.
#include "orchestrator/cli/progress_printer.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "runtime/sys/clock.hpp"

namespace orchestrator {
namespace {

constexpr int kRedraw = 100;        // milliseconds: the seconds of the rows go on
constexpr int kHeartbeat = 15'000;  // milliseconds: a log that stays silent looks dead

void write_progress(const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(STDERR_FILENO, text.data() + written, text.size() - written);
    if (count <= 0) return;
    written += static_cast<std::size_t>(count);
  }
}

// More rows than the screen has cannot be redrawn in place.
std::size_t terminal_height() {
  constexpr std::size_t kUsual = 24;
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0) return kUsual;
  return size.ws_row;
}

}  // namespace

ProgressPrinter::ProgressPrinter(Style style, Undertaking undertaking, schemas::ProjectName project)
    : style_(style), project_(project), view_(undertaking, std::move(project)) {}

void ProgressPrinter::take(const schemas::Event& event) {
  const bool is_news = view_.take(event);
  if (!is_news) return;
  switch (style_.mode) {
    case ProgressMode::Quiet:
      return;
    case ProgressMode::Json:
      return write_progress(view_.json_line(event) + "\n");
    case ProgressMode::Terminal:
      if (event.kind == schemas::EventKind::Warning) {
        if (drawn_ > 0) write_progress(fmt::format("\x1b[{}A\r\x1b[J", drawn_));
        drawn_ = 0;
        write_progress(plain_line(event, project_) + "\n");
      }
      return draw();
    case ProgressMode::Auto:
    case ProgressMode::Plain:
      return write_progress(plain_line(event, project_) + "\n");
  }
}

int ProgressPrinter::patience() const {
  if (style_.mode == ProgressMode::Terminal && drawn_ > 0) return kRedraw;
  return style_.mode == ProgressMode::Plain ? kHeartbeat : -1;
}

void ProgressPrinter::tick() {
  if (style_.mode == ProgressMode::Terminal) return draw();
  if (style_.mode != ProgressMode::Plain) return;
  const auto line = view_.waiting_line();
  if (line) write_progress(*line + "\n");
}

void ProgressPrinter::draw() {
  auto lines = view_.table(runtime::wall_now(), terminal_width(), style_.progress);
  lines.resize(std::min(lines.size(), std::max<std::size_t>(terminal_height(), 3) - 1));
  std::string text = drawn_ > 0 ? fmt::format("\x1b[{}A\r", drawn_) : "";
  for (const auto& line : lines) text += line + "\x1b[K\n";
  text += "\x1b[J";
  drawn_ = lines.size();
  write_progress(text);
}

void ProgressPrinter::finish() {
  if (style_.mode == ProgressMode::Terminal && !view_.rows().empty()) draw();
  drawn_ = 0;
}

}  // namespace orchestrator
