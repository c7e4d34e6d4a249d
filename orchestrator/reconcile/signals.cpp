// The signals of x86-64 and arm64 Linux with their names (signal(7)).
#include "orchestrator/reconcile/signals.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace orchestrator {
namespace {

using schemas::ErrorKind;
using schemas::fail;

constexpr int kFirstRealTime = 34;  // glibc keeps 32 and 33 for itself
constexpr int kLastRealTime = 64;

constexpr std::array<std::pair<int, std::string_view>, 31> kSignals{{
    {1, "HUP"},   {2, "INT"},     {3, "QUIT"},  {4, "ILL"},     {5, "TRAP"},  {6, "ABRT"},
    {7, "BUS"},   {8, "FPE"},     {9, "KILL"},  {10, "USR1"},   {11, "SEGV"}, {12, "USR2"},
    {13, "PIPE"}, {14, "ALRM"},   {15, "TERM"}, {16, "STKFLT"}, {17, "CHLD"}, {18, "CONT"},
    {19, "STOP"}, {20, "TSTP"},   {21, "TTIN"}, {22, "TTOU"},   {23, "URG"},  {24, "XCPU"},
    {25, "XFSZ"}, {26, "VTALRM"}, {27, "PROF"}, {28, "WINCH"},  {29, "IO"},   {30, "PWR"},
    {31, "SYS"},
}};

// "3" of "RTMIN+3" and "RTMAX-3".
schemas::Result<int> read_real_time(std::string_view name, std::string_view whole) {
  const bool from_below = name.starts_with("RTMIN");
  const std::string_view offset = name.substr(5);
  int distance = 0;
  if (!offset.empty()) {
    const auto [end, error] =
        std::from_chars(offset.data() + 1, offset.data() + offset.size(), distance);
    if (error != std::errc{} || end != offset.data() + offset.size() ||
        offset.front() != (from_below ? '+' : '-')) {
      return fail(ErrorKind::Invalid, "no signal is called \"{}\"", whole);
    }
  }
  const int signal = from_below ? kFirstRealTime + distance : kLastRealTime - distance;
  if (distance < 0 || signal < kFirstRealTime || signal > kLastRealTime) {
    return fail(ErrorKind::Invalid, "no signal is called \"{}\"", whole);
  }
  return signal;
}

}  // namespace

schemas::Result<int> read_signal(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) {
    if (number >= 1 && number <= kLastRealTime) return number;
    return fail(ErrorKind::Invalid, "no signal has the number {}: 1 to {} exist", text,
                kLastRealTime);
  }
  std::string name(text);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  if (name.starts_with("SIG")) name.erase(0, 3);
  if (name.starts_with("RTMIN") || name.starts_with("RTMAX")) return read_real_time(name, text);
  for (const auto& [signal, known] : kSignals) {
    if (name == known) return signal;
  }
  return fail(ErrorKind::Invalid, "no signal is called \"{}\"", text);
}

std::string signal_text(int signal) {
  for (const auto& [number, name] : kSignals) {
    if (number == signal) return fmt::format("SIG{}", name);
  }
  return fmt::format("signal {}", signal);
}

}  // namespace orchestrator
