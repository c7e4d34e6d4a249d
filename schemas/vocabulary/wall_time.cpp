// Moments of the wall clock as text: RFC 3339 for records, rough words for people.
#include <array>
#include <charconv>
#include <optional>

#include "schemas/vocabulary/quantities.hpp"

namespace schemas {

namespace {

std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return {};
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return {};
    value = value * 10 + (c - '0');
  }
  return value;
}

// ".123" as nanoseconds, taken off the front of `rest`; nothing is zero.
std::optional<Duration> take_fraction(std::string_view& rest) {
  if (!rest.starts_with('.')) return Duration{0};
  rest.remove_prefix(1);
  std::int64_t scale = 100'000'000;
  std::int64_t nanoseconds = 0;
  std::size_t count = 0;
  for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1)) {
    nanoseconds += scale * (rest.front() - '0');
    scale /= 10;
    ++count;
  }
  if (count == 0) return {};
  return Duration{nanoseconds};
}

// "Z" or "+02:00": what must be subtracted to come to UTC.
std::optional<Duration> read_offset(std::string_view text) {
  if (text == "Z" || text == "z") return Duration{0};
  if (text.size() != 6 || text[3] != ':' || (text[0] != '+' && text[0] != '-')) return {};
  const auto hours = digits_at(text, 1, 2);
  const auto minutes = digits_at(text, 4, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return {};
  const Duration offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return text[0] == '+' ? offset : -offset;
}

std::optional<WallTime> parse_wall_time(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') {
    return {};
  }
  const auto year = digits_at(text, 0, 4);
  const auto month = digits_at(text, 5, 2);
  const auto day = digits_at(text, 8, 2);
  const auto hour = digits_at(text, 11, 2);
  const auto minute = digits_at(text, 14, 2);
  const auto second = digits_at(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return {};
  // Nanoseconds in 64 bits end in 2262; beyond is a broken record, not a time.
  if (*year < 1700 || *year > 2260 || *hour > 23 || *minute > 59 || *second > 60) return {};
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return {};
  std::string_view rest = text.substr(19);
  const auto fraction = take_fraction(rest);
  const auto offset = read_offset(rest);
  if (!fraction || !offset) return {};
  return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{*hour} +
         std::chrono::minutes{*minute} + std::chrono::seconds{*second} + *fraction - *offset;
}

}  // namespace

std::string write_wall_time(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss<Duration> clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

Result<WallTime> read_wall_time(std::string_view text) {
  const auto time = parse_wall_time(text);
  if (!time) {
    return fail(ErrorKind::Invalid, "`{}` is no time such as 2026-01-31T12:00:00Z",
                text.substr(0, 100));
  }
  return *time;
}

std::string write_rough_duration(Duration duration) {
  const std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  const std::int64_t minutes = seconds / 60;
  // Hours are rounded, as the docker CLI does: 47.6 hours are "2 days".
  const std::int64_t hours = (seconds + 1800) / 3600;
  if (seconds < 1) return "Less than a second";
  if (seconds == 1) return "1 second";
  if (seconds < 60) return fmt::format("{} seconds", seconds);
  if (minutes == 1) return "About a minute";
  if (minutes < 60) return fmt::format("{} minutes", minutes);
  if (hours == 1) return "About an hour";
  if (hours < 48) return fmt::format("{} hours", hours);
  if (hours < 24 * 7 * 2) return fmt::format("{} days", hours / 24);
  if (hours < 24 * 30 * 2) return fmt::format("{} weeks", hours / 24 / 7);
  if (hours < 24 * 365 * 2) return fmt::format("{} months", hours / 24 / 30);
  return fmt::format("{} years", hours / 24 / 365);
}

}  // namespace schemas
