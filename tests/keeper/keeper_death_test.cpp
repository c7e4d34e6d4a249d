// The keeper itself is killed: its supervisor starts another one, which goes on with everything.
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
