// Signals by name, as compose's `stop_signal` and images write them.
#pragma once

#include <string>
#include <string_view>

#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

[[nodiscard]] schemas::Result<int> read_signal(std::string_view text);  // "SIGTERM", "TERM", "15"
[[nodiscard]] std::string signal_text(int signal);                      // "SIGTERM"

}  // namespace orchestrator
