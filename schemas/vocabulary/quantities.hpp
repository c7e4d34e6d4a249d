// Durations, byte sizes and CPU shares as compose writes them (compose-spec, "Specifying
// durations").
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/vocabulary/error.hpp"

namespace schemas {

using Duration = std::chrono::nanoseconds;

// A moment on CLOCK_BOOTTIME: comparable between processes until the machine reboots. Decisions use
// this; wall-clock time is for display only.
struct BootClock {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
};
using Instant = BootClock::time_point;

// A moment on the wall clock, in UTC.
using WallTime = std::chrono::sys_time<Duration>;

[[nodiscard]] Result<Duration> read_duration(std::string_view text);  // "1m30s", "500ms", "2h"
[[nodiscard]] std::string write_duration(Duration duration);          // "1m30s"

[[nodiscard]] Result<std::int64_t> read_byte_size(std::string_view text);  // "64m": powers of 1024
[[nodiscard]] std::string write_byte_size(std::int64_t bytes);             // "64m" where exact

[[nodiscard]] Result<std::int64_t> read_cpus(std::string_view text);  // "0.5": nano-CPUs

[[nodiscard]] std::string write_wall_time(WallTime time);  // RFC 3339, nanoseconds, Z
[[nodiscard]] Result<WallTime> read_wall_time(std::string_view text);

// "Up 3 minutes", "2 hours ago": how the docker CLI rounds.
[[nodiscard]] std::string write_rough_duration(Duration duration);

}  // namespace schemas
