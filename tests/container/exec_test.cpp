// exec: one more process inside, under the same rules as the container.
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>

#include <gmock/gmock.h>

#include "tests/container/container_stage.hpp"
#include "tests/support/eventually.hpp"

namespace tests {
namespace {

using testing::HasSubstr;
using testing::Not;

class Exec : public testing::Test {
 protected:
  Exec() : running_(stage_.start(stage_.script("sleep 1000"))) {}
  ~Exec() override {
    EXPECT_TRUE(runtime::send_signal(running_.launched.pidfd, SIGKILL));
    EXPECT_EQ(stage_.finish(running_).exit_code, 137);
  }

  ContainerStage stage_;      // NOLINT: read by the tests
  RunningContainer running_;  // NOLINT
};

TEST_F(Exec, RunsInsideTheContainersNamespaces) {
  const Outcome outcome = stage_.exec(running_, {"sh", "-c", "hostname; cat /proc/1/cmdline"});
  EXPECT_EQ(outcome.failure, "");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output, HasSubstr("one\n"));
  EXPECT_THAT(outcome.output, HasSubstr("1000"));
}

TEST_F(Exec, HasTheContainersPrivilegesAndNoMore) {
  const Outcome root = stage_.exec(
      running_, {"sh", "-c", "grep -E '^(Cap|Seccomp:)' /proc/self/status; cat /proc/self/cgroup"});
  EXPECT_THAT(root.output, HasSubstr("CapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb"));
  EXPECT_THAT(root.output, HasSubstr("Seccomp:\t2\n"));
  EXPECT_THAT(root.output, HasSubstr("0::/\n"));
  EXPECT_THAT(root.output, Not(HasSubstr("tutti")));
  const Outcome user =
      stage_.exec(running_, {"sh", "-c", "id -u; grep CapEff /proc/self/status"}, "1000");
  EXPECT_EQ(user.output, "1000\nCapEff:\t0000000000000000\n");
}

TEST_F(Exec, SaysWhyItCannotRun) {
  const Outcome missing = stage_.exec(running_, {"nothing"});
  EXPECT_EQ(missing.exit_code, 127);
  EXPECT_THAT(missing.failure, HasSubstr("command nothing was not found in PATH"));
  EXPECT_EQ(stage_.exec(running_, {"/proc/self/exe"}).exit_code, 126);
  EXPECT_NE(stage_.exec(running_, {"true"}, "1000:abc").failure, "");
}

TEST_F(Exec, HasOnlyItsThreeStreamsOpen) {
  const Outcome outcome = stage_.exec(running_, {"sh", "-c", "ls /proc/self/fd"});
  EXPECT_EQ(outcome.output, "0\n1\n2\n3\n");  // 3 is the directory that ls reads
}

TEST_F(Exec, HasATerminalOfTheContainersOwn) {
  auto process =
      runtime::exec_in_container({.names = stage_.names,
                                  .record = running_.record,
                                  .command = {"sh", "-c", "tty; echo $TERM; read x; exit 5"},
                                  .environment = {},
                                  .user = "",
                                  .working_directory = "",
                                  .terminal = schemas::Terminal::Yes},
                                 stage_.host);
  ASSERT_TRUE(process) << process.error().text();
  std::string shown;
  EXPECT_TRUE(eventually([&] {
    shown += drain(process->terminal);
    return shown.find("xterm") != std::string::npos;
  })) << shown;
  EXPECT_THAT(shown, HasSubstr("/dev/pts/0"));
  ASSERT_EQ(::write(process->terminal.get(), "\n", 1), 1);
  EXPECT_EQ(reap(process->pidfd), 5);
}

TEST(ExecInAStopped, ContainerIsRefused) {
  ContainerStage stage;
  RunningContainer running = stage.start(stage.script("true"));
  EXPECT_EQ(stage.finish(running).exit_code, 0);
  EXPECT_THAT(stage.exec(running, {"true"}).failure, HasSubstr("does not run"));
}

}  // namespace
}  // namespace tests
