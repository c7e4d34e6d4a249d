// The user's terminal: whether there is one, how wide, in which colours, and raw when we ask.
#pragma once

#include <termios.h>

#include <cstddef>
#include <optional>

#include "orchestrator/cli/log_prefix.hpp"
#include "orchestrator/cli/options.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

// Which of our streams are terminals.
struct StreamFacts {
  bool stdout_is_terminal{false};
  bool stderr_is_terminal{false};
};
[[nodiscard]] StreamFacts observe_streams();

struct Style {
  Colours output{Colours::Off};            // of stdout
  Colours progress{Colours::Off};          // of stderr
  ProgressMode mode{ProgressMode::Plain};  // never Auto
};

// Flags before NO_COLOR, CLICOLOR_FORCE and TERM=dumb before what the streams are. Pure.
[[nodiscard]] Style choose_style(const GlobalOptions& global,
                                 const schemas::Environment& environment, StreamFacts streams);

// Columns of the terminal on stderr; 80 when it does not say.
[[nodiscard]] std::size_t terminal_width();

// Every key goes to us unchanged, until it is destroyed.
class RawTerminal {
 public:
  static schemas::Result<RawTerminal> enter(int descriptor);
  RawTerminal(RawTerminal&& other) noexcept;
  RawTerminal& operator=(RawTerminal&&) = delete;
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  ~RawTerminal();

 private:
  RawTerminal(int descriptor, const termios& before) : descriptor_(descriptor), before_(before) {}
  int descriptor_;
  std::optional<termios> before_;
};

// Gives the terminal `to` the size of `from`.
void copy_window_size(int from, int to);

}  // namespace orchestrator
