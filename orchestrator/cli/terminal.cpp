// termios(3) and the window size (ioctl_tty(2)).
#include "orchestrator/cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace orchestrator {
namespace {

bool is_set(const schemas::Environment& environment, const char* name) {
  const auto found = environment.find(name);
  return found != environment.end() && !found->second.empty() && found->second != "0";
}

bool is_dumb(const schemas::Environment& environment) {
  const auto found = environment.find("TERM");
  return found != environment.end() && found->second == "dumb";
}

Colours choose_colours(AnsiMode ansi, const schemas::Environment& environment, bool is_terminal) {
  if (ansi == AnsiMode::Always) return Colours::On;
  if (ansi == AnsiMode::Never || is_set(environment, "NO_COLOR")) return Colours::Off;
  if (is_set(environment, "CLICOLOR_FORCE") || is_set(environment, "FORCE_COLOR")) {
    return Colours::On;
  }
  return is_terminal && !is_dumb(environment) ? Colours::On : Colours::Off;
}

}  // namespace

StreamFacts observe_streams() {
  return {::isatty(STDOUT_FILENO) == 1, ::isatty(STDERR_FILENO) == 1};
}

Style choose_style(const GlobalOptions& global, const schemas::Environment& environment,
                   StreamFacts streams) {
  Style style;
  style.output = choose_colours(global.ansi, environment, streams.stdout_is_terminal);
  style.progress = choose_colours(global.ansi, environment, streams.stderr_is_terminal);
  style.mode = global.progress;
  if (style.mode == ProgressMode::Auto) {
    const bool may_move_cursor =
        streams.stderr_is_terminal && global.ansi != AnsiMode::Never && !is_dumb(environment);
    style.mode = may_move_cursor ? ProgressMode::Terminal : ProgressMode::Plain;
  }
  return style;
}

std::size_t terminal_width() {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

schemas::Result<RawTerminal> RawTerminal::enter(int descriptor) {
  termios before{};
  if (::tcgetattr(descriptor, &before) < 0) {
    return schemas::os_error(errno, "read the terminal's settings");
  }
  termios raw = before;
  ::cfmakeraw(&raw);
  if (::tcsetattr(descriptor, TCSADRAIN, &raw) < 0) {
    return schemas::os_error(errno, "change the terminal's settings");
  }
  return RawTerminal(descriptor, before);
}

RawTerminal::RawTerminal(RawTerminal&& other) noexcept
    : descriptor_(other.descriptor_), before_(std::exchange(other.before_, std::nullopt)) {}

RawTerminal::~RawTerminal() {
  if (before_) ::tcsetattr(descriptor_, TCSADRAIN, &*before_);
}

void copy_window_size(int from, int to) {
  winsize size{};
  if (::ioctl(from, TIOCGWINSZ, &size) == 0) ::ioctl(to, TIOCSWINSZ, &size);
}

}  // namespace orchestrator
