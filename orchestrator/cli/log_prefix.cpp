// Compose's colour order, which scripts' eyes know.
#include "orchestrator/cli/log_prefix.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "orchestrator/cli/table.hpp"

namespace orchestrator {
namespace {

constexpr std::array<std::string_view, 10> kColours{"36",   "33",   "32",   "35",   "34",
                                                    "36;1", "33;1", "32;1", "35;1", "34;1"};

}  // namespace

void LogPrefixes::add(const std::string& name) {
  numbers_.emplace(name, numbers_.size());
  width_ = std::max(width_, display_width(name));
}

std::string LogPrefixes::line(const std::string& name, std::string_view text) {
  if (prefix_ == Prefix::Off) return fmt::format("{}\n", text);
  add(name);
  const std::string padding(width_ - display_width(name), ' ');
  if (colours_ == Colours::Off) return fmt::format("{}{}  | {}\n", name, padding, text);
  return fmt::format("\x1b[{}m{}{}  | \x1b[0m{}\n", kColours[numbers_[name] % kColours.size()],
                     name, padding, text);
}

}  // namespace orchestrator
