// exec beside the rest of a project's life: it neither holds it up nor opens a way out.
#include <sys/statvfs.h>

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.hpp"
#include "tests/walk/stack.hpp"

namespace tests {
namespace {

// The exec'd program is not the stopped client's child: else the container's pid 1 could not end.
TEST(Exec, DoesNotHoldUpADownWhenItIsStopped) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18100));
  ASSERT_EQ(stack.tutti({"up", "-d", "--wait"}).exit_code, 0);
  TuttiProcess client(stack.command({"exec", "-T", "web", "sh", "-c", "echo here; sleep 1000"}),
                      stack.directory());
  ASSERT_TRUE(client.shows("here"));
  client.signal(SIGSTOP);
  EXPECT_EQ(stack.tutti({"down", "-t", "1"}).exit_code, 0);
  client.signal(SIGCONT);
  EXPECT_EQ(client.finish().exit_code, 137);
}

TEST(Exec, TakesItsProgramAlongWhenItIsKilled) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18101));
  ASSERT_EQ(stack.tutti({"up", "-d", "--wait"}).exit_code, 0);
  TuttiProcess client(
      stack.command({"exec", "-T", "web", "sh", "-c", "echo here; exec sleep $((4700 + 11))"}),
      stack.directory());
  ASSERT_TRUE(client.shows("here"));
  EXPECT_TRUE(eventually([] { return find_processes("sleep 4711").size() == 1; }));
  client.signal(SIGKILL);
  EXPECT_EQ(client.finish().exit_code, 137);
  EXPECT_TRUE(eventually([] { return find_processes("sleep 4711").empty(); }));
}

// CVE-2019-5736: what a container may meet as /proc/self/exe must not be open to a writer.
TEST(Exec, RunsFromAReadOnlyViewOfItsBinary) {
  const Home home;
  const Stack stack(home, "hello", hello_compose(18102));
  ASSERT_EQ(stack.tutti({"up", "-d", "--wait"}).exit_code, 0);
  TuttiProcess client(stack.command({"exec", "-T", "web", "sh", "-c", "echo here; sleep 1000"}),
                      stack.directory());
  ASSERT_TRUE(client.shows("here"));
  const std::string binary = "/proc/" + std::to_string(client.pid()) + "/exe";
  struct statvfs mount {};
  ASSERT_EQ(::statvfs(binary.c_str(), &mount), 0);
  EXPECT_NE(mount.f_flag & ST_RDONLY, 0U);
}

}  // namespace
}  // namespace tests
