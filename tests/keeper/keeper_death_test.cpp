// The keeper itself is killed: its supervisor starts another one, which goes on with everything.
#include <csignal>
#include <cstdint>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/journal/formats.hpp"
#include "runtime/sys/descriptor_limit.hpp"
#include "tests/keeper/running_project.hpp"

namespace {

using testing::ElementsAre;
using tests::await_end;
using tests::RunningProject;

void kill_keeper(RunningProject& project) {
  ASSERT_EQ(::kill(project.keeper().identity.pid, SIGKILL), 0);
  ASSERT_TRUE(await_end(project.keeper().pidfd));
  project.find_new_keeper();
}

TEST(KeeperDeath, HandsEverythingToANewKeeperAndASupervisorOfIts) {
  RunningProject project;
  project.command("hold netns:web /proc/self/ns/net");
  const auto process = project.start("web", "run web " LINE_WRITER);
  kill_keeper(project);
  ASSERT_TRUE(project.await_births(2));
  EXPECT_THAT(project.births()[1].held, ElementsAre("log:web", "netns:web", "pidfd:web"));
  EXPECT_TRUE(runtime::open_process(process)) << "the container died with the keeper";
}

TEST(KeeperDeath, LosesNoLineAndNoExit) {
  RunningProject project;
  const auto process = project.start("web", "run web " LINE_WRITER);
  for (std::size_t kills = 1; kills <= 5; ++kills) {
    kill_keeper(project);
    ASSERT_TRUE(project.await_births(kills + 1));
  }
  ASSERT_EQ(::kill(process.pid, SIGTERM), 0);
  const auto exit = project.await_exit(process);
  // Before Linux 6.15 nobody but init can know the code of an adopted process.
  EXPECT_EQ(exit.status.code, exit.status.known ? 7 : 255);
  EXPECT_GT(tests::expect_all_lines(project.log("web")), 0);
  EXPECT_EQ(project.log("web").back().text, "last words");
}

// Everybody raises it for himself; what containers begin with must not change by that.
TEST(KeeperDeath, LeavesTheDescriptorLimitAsItWasFound) {
  const std::uint64_t ours = runtime::soft_descriptor_limit();
  runtime::restore_descriptor_limit(512);
  RunningProject project;
  runtime::restore_descriptor_limit(ours);
  kill_keeper(project);
  ASSERT_TRUE(project.await_births(2));
  for (const auto& birth : project.births()) EXPECT_EQ(birth.descriptor_limit, 512U);
}

// The second supervisor knows the process only from the keeper that is killed next.
TEST(KeeperDeath, JournalsAnExitAfterTheSupervisorWasKilledToo) {
  RunningProject project;
  const auto process = project.start("web", "run web " LINE_WRITER);
  ASSERT_EQ(::kill(project.births().back().pid, SIGKILL), 0);
  ASSERT_TRUE(project.await_births(2));
  kill_keeper(project);
  ASSERT_TRUE(project.await_births(3));
  ASSERT_EQ(::kill(project.births().back().pid, SIGKILL), 0);
  ASSERT_TRUE(project.await_births(4));
  kill_keeper(project);
  ASSERT_TRUE(project.await_births(5));
  ASSERT_EQ(::kill(process.pid, SIGTERM), 0);
  const auto exit = project.await_exit(process);
  EXPECT_EQ(exit.status.code, exit.status.known ? 7 : 255);
  EXPECT_EQ(project.log("web").back().text, "last words");
}

// The pidfd that a new supervisor asks to be watched may be that of the keeper's own child.
TEST(KeeperWatch, JournalsAChildOfItsOwnOnce) {
  RunningProject project;
  const auto process = project.start("web", "run web " LINE_WRITER);
  project.command("watch web");
  const auto next = project.start("job", "exit job 3");  // so the supervisor has obeyed
  EXPECT_EQ(project.await_exit(next).status.code, 3);
  ASSERT_EQ(::kill(process.pid, SIGTERM), 0);
  project.await_exit(process);
  const auto last = project.start("end", "exit end 4");  // what comes after a second record
  EXPECT_EQ(project.await_exit(last).status.code, 4);
  EXPECT_EQ(std::filesystem::file_size(project.run_directory() + "/exits"),
            3 * sizeof(runtime::ExitRecord));
}

}  // namespace
