// Reads and writes durations, byte sizes and CPU shares.
#include "schemas/vocabulary/quantities.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace schemas {

namespace {

// "1.5" as 1 and a fraction in billionths; more than nine digits after the dot add nothing.
struct Decimal {
  std::int64_t whole{0};
  std::int64_t billionths{0};
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes a number off the front of `rest`: digits, optionally a dot and digits.
std::optional<Decimal> take_decimal(std::string_view& rest) {
  Decimal decimal;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), decimal.whole);
  const bool has_whole = error == std::errc{} && is_digit(rest.front());
  if (error == std::errc::result_out_of_range) return {};
  if (has_whole) rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  if (!rest.starts_with('.')) return has_whole ? std::optional(decimal) : std::nullopt;
  rest.remove_prefix(1);
  std::int64_t scale = 100'000'000;
  bool has_fraction = false;
  for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1)) {
    decimal.billionths += scale * (rest.front() - '0');
    scale /= 10;
    has_fraction = true;
  }
  return has_whole || has_fraction ? std::optional(decimal) : std::nullopt;
}

std::optional<std::int64_t> times(const Decimal& decimal, std::int64_t unit) {
  std::int64_t whole = 0;
  std::int64_t sum = 0;
  if (__builtin_mul_overflow(decimal.whole, unit, &whole)) return {};
  // In two halves, so that a fraction of a large unit cannot overflow.
  const std::int64_t part = unit / 1'000'000'000 * decimal.billionths +
                            unit % 1'000'000'000 * decimal.billionths / 1'000'000'000;
  if (__builtin_add_overflow(whole, part, &sum)) return {};
  return sum;
}

struct Unit {
  std::string_view name;
  std::int64_t value;
};

constexpr std::array<Unit, 7> kTimeUnits{{{"ns", 1},
                                          {"us", 1'000},
                                          {"µs", 1'000},
                                          {"ms", 1'000'000},
                                          {"s", 1'000'000'000},
                                          {"m", 60'000'000'000},
                                          {"h", 3'600'000'000'000}}};

// The longest unit that `rest` starts with, taken off it: "ms" before "m".
std::optional<std::int64_t> take_time_unit(std::string_view& rest) {
  const Unit* best = nullptr;
  for (const Unit& unit : kTimeUnits) {
    if (rest.starts_with(unit.name) && (best == nullptr || unit.name.size() > best->name.size())) {
      best = &unit;
    }
  }
  if (best == nullptr) return {};
  rest.remove_prefix(best->name.size());
  return best->value;
}

std::optional<std::int64_t> parse_duration(std::string_view rest) {
  if (rest.empty()) return {};
  std::int64_t sum = 0;
  while (!rest.empty()) {
    const auto decimal = take_decimal(rest);
    if (!decimal) return {};
    const auto unit = take_time_unit(rest);
    if (!unit) return {};
    const auto part = times(*decimal, *unit);
    if (!part || __builtin_add_overflow(sum, *part, &sum)) return {};
  }
  return sum;
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::optional<std::int64_t> byte_unit(std::string_view suffix) {
  const std::string name = to_lower(suffix);
  constexpr std::string_view kLetters = "kmgtp";
  if (name.empty() || name == "b") return 1;
  const std::size_t power = kLetters.find(name.front());
  if (power == std::string_view::npos) return {};
  const std::string_view rest = std::string_view(name).substr(1);
  if (!rest.empty() && rest != "b" && rest != "ib") return {};
  return std::int64_t{1} << (10 * (power + 1));
}

std::string_view without_spaces_around(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<Duration> read_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto value = text == "0" ? std::optional<std::int64_t>(0)
                                 : parse_duration(negative ? text.substr(1) : text);
  if (!value || negative) {
    return fail(ErrorKind::Invalid, "`{}` is no duration such as 10s, 1m30s or 500ms",
                text.substr(0, 100));
  }
  return Duration(*value);
}

std::string write_duration(Duration duration) {
  std::int64_t rest = duration.count();
  if (rest == 0) return "0s";
  std::string text = rest < 0 ? "-" : "";
  constexpr std::array<Unit, 6> kWritten{{{"h", 3'600'000'000'000},
                                          {"m", 60'000'000'000},
                                          {"s", 1'000'000'000},
                                          {"ms", 1'000'000},
                                          {"us", 1'000},
                                          {"ns", 1}}};
  for (const Unit& unit : kWritten) {
    const std::int64_t count = rest / unit.value;
    rest %= unit.value;
    if (count != 0) text += fmt::format("{}{}", count < 0 ? -count : count, unit.name);
  }
  return text;
}

Result<std::int64_t> read_byte_size(std::string_view text) {
  std::string_view rest = without_spaces_around(text);
  const auto decimal = rest.empty() ? std::nullopt : take_decimal(rest);
  const auto unit = byte_unit(without_spaces_around(rest));
  const auto bytes = decimal && unit ? times(*decimal, *unit) : std::nullopt;
  if (!bytes) {
    return fail(ErrorKind::Invalid, "`{}` is no size such as 64m, 1g or 1048576",
                text.substr(0, 100));
  }
  return *bytes;
}

std::string write_byte_size(std::int64_t bytes) {
  constexpr std::array<std::pair<char, unsigned>, 3> kUnits{{{'g', 30}, {'m', 20}, {'k', 10}}};
  for (const auto& [letter, shift] : kUnits) {
    const std::int64_t unit = std::int64_t{1} << shift;
    if (bytes > 0 && bytes % unit == 0) return fmt::format("{}{}", bytes / unit, letter);
  }
  return fmt::format("{}", bytes);
}

Result<std::int64_t> read_cpus(std::string_view text) {
  std::string_view rest = text;
  const auto decimal = rest.empty() ? std::nullopt : take_decimal(rest);
  const auto nano = decimal && rest.empty() ? times(*decimal, 1'000'000'000) : std::nullopt;
  if (!nano) {
    return fail(ErrorKind::Invalid, "`{}` is no number of CPUs such as 0.5 or 2",
                text.substr(0, 100));
  }
  return *nano;
}

}  // namespace schemas
