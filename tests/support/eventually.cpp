// The bounded wait behind eventually(): a timerfd's ticks, counted against a deadline.
#include "tests/support/eventually.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cstdint>

namespace tests {

bool eventually(const std::function<bool()>& check, std::chrono::milliseconds deadline) {
  if (check()) return true;
  const auto until = std::chrono::steady_clock::now() + deadline;
  const int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  if (timer < 0) return false;
  const itimerspec ticks{.it_interval = {.tv_sec = 0, .tv_nsec = 2'000'000},
                         .it_value = {.tv_sec = 0, .tv_nsec = 2'000'000}};
  bool came = false;
  if (::timerfd_settime(timer, 0, &ticks, nullptr) == 0) {
    while (!came && std::chrono::steady_clock::now() < until) {
      std::uint64_t expirations = 0;
      if (::read(timer, &expirations, sizeof expirations) < 0) break;
      came = check();
    }
  }
  ::close(timer);
  return came || check();
}

}  // namespace tests
