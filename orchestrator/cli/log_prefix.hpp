// How a container's log lines begin on a terminal: its name, padded and in its colour. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace orchestrator {

enum class Colours : std::uint8_t { Off, On };
enum class Prefix : std::uint8_t { Off, On };

// Gives each name the next colour (cyan, yellow, green, magenta, blue, then bold) and pads to the
// longest name that it has met so far.
class LogPrefixes {
 public:
  LogPrefixes(Colours colours, Prefix prefix) : colours_(colours), prefix_(prefix) {}

  void add(const std::string& name);
  [[nodiscard]] std::string line(const std::string& name, std::string_view text);

 private:
  Colours colours_;
  Prefix prefix_;
  std::size_t width_{0};
  std::map<std::string, std::size_t> numbers_;  // in the order in which they came
};

}  // namespace orchestrator
