// Writes numbered lines to stdout and stderr, one each 200 us, until SIGTERM; then exits with 7.
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>

namespace {

volatile std::sig_atomic_t asked_to_end = 0;

void ask_to_end(int /*signal*/) { asked_to_end = 1; }

// Several writes for one line now and then: a burst need not end with a line.
bool write_line(int stream, std::int64_t number) {
  char line[64];
  const int length = std::snprintf(line, sizeof(line), "line %ld\n", static_cast<long>(number));
  const long first = number % 3 == 0 ? length / 2 : length;
  for (long done = 0; done < length;) {
    const ssize_t part = ::write(
        stream, line + done, static_cast<std::size_t>(done < first ? first - done : length - done));
    if (part < 0 && errno != EINTR) return false;
    if (part > 0) done += part;
  }
  return true;
}

}  // namespace

int main() {
  struct sigaction action {};
  action.sa_handler = ask_to_end;
  ::sigaction(SIGTERM, &action, nullptr);
  const int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  const itimerspec every{.it_interval = {0, 200'000}, .it_value = {0, 200'000}};
  if (timer < 0 || ::timerfd_settime(timer, 0, &every, nullptr) < 0) return 1;
  for (std::int64_t number = 1; asked_to_end == 0; ++number) {
    if (!write_line(STDOUT_FILENO, number) || !write_line(STDERR_FILENO, number)) return 1;
    std::uint64_t ticks = 0;
    static_cast<void>(::read(timer, &ticks, sizeof(ticks)));
  }
  if (::write(STDOUT_FILENO, "last words", 10) != 10) return 1;
  return 7;
}
