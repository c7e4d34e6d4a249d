// The first walk: a small stack is brought up, looked at from all sides, and taken down without a
// trace.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.hpp"
#include "tests/walk/stack.hpp"

namespace tests {
namespace {

using testing::HasSubstr;

TEST(Hello, IsReachableThroughItsPublishedPortAfterUpWait) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18080));
  const auto up = stack.tutti({"up", "-d", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.err;
  EXPECT_EQ(fetch(18080), "hello from hello\n");
}

TEST(Hello, TellsItsStateTheWayComposeDoes) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18081));
  ASSERT_EQ(stack.tutti({"up", "-d", "--wait"}).exit_code, 0);
  const auto web = stack.find("web");
  ASSERT_TRUE(web.has_value());
  EXPECT_EQ(web->name, "hello-web-1");
  EXPECT_EQ(web->state, "running");
  EXPECT_EQ(web->health, "healthy");
  EXPECT_GT(web->pid, 0);
  EXPECT_EQ(stack.ps().size(), 2U);
  EXPECT_THAT(stack.tutti({"ps"}).out, HasSubstr("hello-talker-1"));
}

TEST(Hello, KeepsWhatContainersWrite) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18082));
  ASSERT_EQ(stack.tutti({"up", "-d", "--wait"}).exit_code, 0);
  EXPECT_TRUE(eventually([&] {
    return stack.tutti({"logs", "talker"}).out.contains("talker speaks");
  }));
}

TEST(Hello, FollowsLogsUntilInterrupted) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18083));
  ASSERT_EQ(stack.tutti({"up", "-d", "--wait"}).exit_code, 0);
  TuttiProcess follow(stack.command({"logs", "-f"}), stack.directory());
  EXPECT_TRUE(follow.shows("talker speaks"));
  follow.signal(SIGINT);
  EXPECT_NE(follow.finish().exit_code, -1);
}

TEST(Hello, RunsCommandsInsideAndPassesTheirExitCode) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18084));
  ASSERT_EQ(stack.tutti({"up", "-d", "--wait"}).exit_code, 0);
  const auto echo = stack.tutti({"exec", "-T", "web", "cat", "/www/index.html"});
  EXPECT_EQ(echo.exit_code, 0) << echo.err;
  EXPECT_EQ(echo.out, "hello from hello\n");
  EXPECT_EQ(stack.tutti({"exec", "-T", "web", "sh", "-c", "exit 42"}).exit_code, 42);
  EXPECT_EQ(stack.tutti({"exec", "-T", "web", "sh", "-c", "kill -9 $$"}).exit_code, 137);
  EXPECT_EQ(stack.tutti({"exec", "-T", "web", "no-such-program"}).exit_code, 127);
}

TEST(Hello, GivesExecATerminalWhenThereIsOne) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18085));
  ASSERT_EQ(stack.tutti({"up", "-d", "--wait"}).exit_code, 0);
  const auto shell = run_on_terminal(stack.command({"exec", "web", "sh"}), stack.directory(),
                                     "tty\nstty size\nexit 7\n");
  EXPECT_EQ(shell.exit_code, 7) << shell.out;
  EXPECT_THAT(shell.out, HasSubstr("/dev/pts/"));
  EXPECT_THAT(shell.out, HasSubstr("40 132"));
}

TEST(Hello, FindsTheOthersByName) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18086));
  ASSERT_EQ(stack.tutti({"up", "-d", "--wait"}).exit_code, 0);
  const auto get =
      stack.tutti({"exec", "-T", "talker", "wget", "-q", "-O", "-", "http://web:8080/"});
  EXPECT_EQ(get.exit_code, 0) << get.err;
  EXPECT_EQ(get.out, "hello from hello\n");
}

TEST(Hello, PlansNothingWhenAllIsAsTheFileSays) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18087));
  EXPECT_EQ(stack.tutti({"plan"}).exit_code, 2);
  ASSERT_EQ(stack.tutti({"up", "-d", "--wait"}).exit_code, 0);
  const auto plan = stack.tutti({"plan"});
  EXPECT_EQ(plan.exit_code, 0) << plan.out;
  const pid_t before = stack.pid_of("web");
  ASSERT_EQ(stack.tutti({"up", "-d"}).exit_code, 0);
  EXPECT_EQ(stack.pid_of("web"), before);
}

TEST(Hello, AttachedShowsPrefixedLinesAndStopsAtCtrlC) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18088));
  TuttiProcess up(stack.command({"up"}), stack.directory());
  EXPECT_TRUE(up.shows("talker speaks"));
  up.signal(SIGINT);
  const auto finished = up.finish();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, testing::ContainsRegex("talker-1 *\\| talker speaks"));
  EXPECT_EQ(stack.pid_of("web"), 0);
}

TEST(Hello, CanBeAskedAgainAfterCtrlCHadStoppedIt) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18090));
  {
    TuttiProcess up(stack.command({"up"}), stack.directory());
    EXPECT_TRUE(up.shows("talker speaks"));
    up.signal(SIGINT);
    EXPECT_EQ(up.finish().exit_code, 0);
  }
  EXPECT_EQ(stack.pid_of("web"), 0);
  const auto up = stack.tutti({"up", "-d", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.err;
  EXPECT_EQ(fetch(18090), "hello from hello\n");
  const auto down = stack.tutti({"down"});
  EXPECT_EQ(down.exit_code, 0) << down.err;
  EXPECT_TRUE(stack.ps().empty());
}

TEST(Hello, DownTwiceIsNoError) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18089));
  EXPECT_EQ(stack.tutti({"down"}).exit_code, 0);
  ASSERT_EQ(stack.tutti({"up", "-d"}).exit_code, 0);
  EXPECT_EQ(stack.tutti({"down"}).exit_code, 0);
}

}  // namespace
}  // namespace tests
