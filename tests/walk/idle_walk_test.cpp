// The walk of doing nothing: an idle supervisor and keeper make no system call, and are small.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/walk/stack.hpp"

namespace tests {
namespace {

constexpr std::string_view kQuiet = R"(services:
  quiet:
    image: box:latest
    command: ["sleep", "86400"]
    stop_signal: SIGKILL
    scale: 3
)";

// Lines of `strace -ttt` later than a second after the first: attaching itself interrupts a wait.
// One timer is due in that time: the `up` request's own deadline of ten seconds, which Asio lets
// run out although the request was answered long ago, and then puts off to five minutes.
std::string calls_in_the_quiet(const std::string& file) {
  std::ifstream trace(file);
  std::string calls;
  double begin = 0;
  for (std::string line; std::getline(trace, line);) {
    std::istringstream words(line);
    std::string pid;
    double time = 0;
    if (!(words >> pid >> time)) continue;
    if (begin == 0) begin = time;
    const bool at_the_end = line.contains("<detached") || line.contains("resumed");
    const bool timer_put_off = line.contains("timerfd_settime") && line.contains("tv_sec=300,");
    if (time > begin + 1 && !at_the_end && !timer_put_off) calls += line + "\n";
  }
  return calls;
}

TEST(Idle, MakesNoSystemCallInTenSeconds) {
  const Home home;
  const Stack stack(home, "idle", kQuiet);
  ASSERT_EQ(stack.tutti({"up", "-d", "--wait"}).exit_code, 0);
  const auto supervisor = find_supervisor(stack);
  const auto keeper = find_keeper(stack, home);
  ASSERT_TRUE(supervisor && keeper);
  const std::string file = home.directory() / "strace";
  const auto traced = run({"timeout", "-s", "INT", "11", "strace", "-f", "-ttt", "-o", file, "-p",
                           std::to_string(*supervisor), "-p", std::to_string(*keeper)});
  EXPECT_EQ(traced.exit_code, 124) << traced.err;
  EXPECT_EQ(calls_in_the_quiet(file), "");
}

TEST(Idle, SupervisorAndKeeperTakeLessThanTwelveMegabytes) {
  const Home home;
  const Stack stack(home, "small", kQuiet);
  ASSERT_EQ(stack.tutti({"up", "-d", "--wait"}).exit_code, 0);
  const auto supervisor = find_supervisor(stack);
  const auto keeper = find_keeper(stack, home);
  ASSERT_TRUE(supervisor && keeper);
  const long sum = pss_kilobytes(*supervisor) + pss_kilobytes(*keeper);
  std::printf("PSS: supervisor %ld kB, keeper %ld kB\n", pss_kilobytes(*supervisor),
              pss_kilobytes(*keeper));
  EXPECT_GT(sum, 0);
  EXPECT_LT(sum, 12 * 1024);
}

}  // namespace
}  // namespace tests
