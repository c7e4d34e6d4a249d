// Reads the two clocks.
#include "runtime/sys/clock.hpp"

#include <time.h>

namespace runtime {
namespace {

schemas::Duration read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

schemas::Instant boot_now() { return schemas::Instant(read_clock(CLOCK_BOOTTIME)); }

schemas::WallTime wall_now() { return schemas::WallTime(read_clock(CLOCK_REALTIME)); }

}  // namespace runtime
