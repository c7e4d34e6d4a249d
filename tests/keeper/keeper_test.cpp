// The keeper over its supervisor's life: descriptors, exits, last words, respawn, the end.
#include <poll.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/keeper/running_project.hpp"
#include "tests/support/eventually.hpp"

namespace {

using runtime::LineEnd;
using schemas::ExitStatus;
using testing::ElementsAre;
using tests::await_end;
using tests::eventually;
using tests::expect_all_lines;
using tests::RunningProject;

using std::chrono::milliseconds;

constexpr orchestrator::RespawnDelays kAtOnce{.settled = milliseconds(0)};

void kill_process(int pid, int signal) { EXPECT_EQ(::kill(pid, signal), 0); }

// A field of /proc/<pid>/<file>, "Pss:" for instance.
std::uint64_t field_of(int pid, const std::string& file, const std::string& name) {
  std::ifstream text("/proc/" + std::to_string(pid) + "/" + file);
  for (std::string word; text >> word;)
    if (std::uint64_t value = 0; word == name && text >> value) return value;
  return 0;
}

TEST(Keeper, GivesANewSupervisorWhatTheOldOneHeld) {
  RunningProject project;
  project.command("hold netns:web /proc/self/ns/net");
  project.command("hold other /dev/null");
  project.command("drop other");
  project.start("web", "run web " LINE_WRITER);
  kill_process(project.births().back().pid, SIGKILL);
  ASSERT_TRUE(project.await_births(2));
  EXPECT_THAT(project.births()[1].held, ElementsAre("log:web", "netns:web", "pidfd:web"));
}

TEST(Keeper, RespawnsAKilledSupervisorWithin200Milliseconds) {
  RunningProject project;
  kill_process(project.births()[0].pid, SIGKILL);
  EXPECT_TRUE(project.await_births(2, milliseconds(200)));
}

TEST(Keeper, JournalsTheExitOfAChildThatNeverExecuted) {
  RunningProject project;
  const auto process = project.start("web", "exit web 42");
  EXPECT_EQ(project.await_exit(process).status, ExitStatus{.code = 42});
}

TEST(Keeper, JournalsASignal) {
  RunningProject project;
  const auto process = project.start("web", "run web " LINE_WRITER);
  kill_process(process.pid, SIGKILL);
  EXPECT_EQ(project.await_exit(process).status, ExitStatus{.code = 137});
}

TEST(Keeper, JournalsAnExitWhileThereIsNoSupervisor) {
  RunningProject project({.settled = std::chrono::hours(1), .first = std::chrono::hours(1)});
  const auto process = project.start("web", "run web " LINE_WRITER);
  const int supervisor = project.births()[0].pid;
  kill_process(supervisor, SIGKILL);
  ASSERT_TRUE(eventually([&] { return !runtime::identify(supervisor); }));
  kill_process(process.pid, SIGTERM);
  EXPECT_EQ(project.await_exit(process).status, ExitStatus{.code = 7});
  EXPECT_EQ(project.log("web").back().text, "last words");
  EXPECT_EQ(project.births().size(), 1U);
}

TEST(Keeper, HasTheLastWordsWhenItJournalsTheExit) {
  RunningProject project;
  for (int run = 0; run < 20; ++run) {
    const std::string name = "echo" + std::to_string(run);
    const auto process = project.start(name, "run " + name + " /bin/echo word" + name);
    EXPECT_EQ(project.await_exit(process).status, ExitStatus{.code = 0});
    const auto lines = project.log(name);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].text, "word" + name);
  }
}

TEST(Keeper, EndsAnUnfinishedLineWhenTheContainerStartsAgain) {
  RunningProject project;
  const auto first = project.start("web", "run web " LINE_WRITER);
  ASSERT_TRUE(eventually([&] { return !project.log("web").empty(); }));
  kill_process(first.pid, SIGTERM);
  project.await_exit(first);
  std::filesystem::remove(project.path("web.process"));
  const auto second = project.start("web", "run web /bin/echo again");
  project.await_exit(second);
  const auto lines = project.log("web");
  ASSERT_GE(lines.size(), 2U);
  EXPECT_EQ(lines[lines.size() - 2].end, LineEnd::None);
  EXPECT_EQ(lines.back().text, "again");
}

TEST(Keeper, LosesNoLineOverAHundredKillsOfTheSupervisor) {
  RunningProject project(kAtOnce);
  const auto web = project.start("web", "run web " LINE_WRITER);
  const auto database = project.start("db", "run db " LINE_WRITER);
  for (std::size_t kills = 1; kills <= 100; ++kills) {
    kill_process(project.births().back().pid, SIGKILL);
    ASSERT_TRUE(project.await_births(kills + 1));
  }
  for (const auto& process : {web, database}) {
    kill_process(process.pid, SIGTERM);
    EXPECT_EQ(project.await_exit(process).status, ExitStatus{.code = 7});
  }
  for (const char* name : {"web", "db"}) EXPECT_GT(expect_all_lines(project.log(name)), 100);
  EXPECT_TRUE(std::filesystem::exists(project.path("web.log/segment.2"))) << "no rotation tried";
  EXPECT_THAT(project.births().back().held,
              ElementsAre("log:db", "log:web", "pidfd:db", "pidfd:web"));
}

TEST(Keeper, WaitsForSpaceAndLosesNothing) {
  RunningProject project;
  const std::string log = project.path("web.log");
  std::filesystem::create_directory(log);
  ASSERT_EQ(::mount("tmpfs", log.c_str(), "tmpfs", 0, "size=48k"), 0);
  const auto process = project.start("web", "run web " LINE_WRITER);
  struct Unmount {
    const std::string& path;
    ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
  } const unmount{log};
  const auto free_blocks = [&] { return std::filesystem::space(log).available; };
  ASSERT_TRUE(eventually([&] { return free_blocks() == 0; }, std::chrono::seconds(10)));
  ASSERT_EQ(::mount("tmpfs", log.c_str(), "tmpfs", MS_REMOUNT, "size=8m"), 0);
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(log + "/segment.4"); }));
  kill_process(process.pid, SIGTERM);
  EXPECT_EQ(project.await_exit(process).status, ExitStatus{.code = 7});
  EXPECT_GT(expect_all_lines(project.log("web")), 100);
}

TEST(Keeper, IsOnlyOneForAProject) {
  RunningProject project;
  const auto second = orchestrator::start_keeper(project.start_request());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind(), schemas::ErrorKind::Busy);
  const auto found =
      orchestrator::find_keeper(project.start_request().layout, project.start_request().project);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->identity, project.keeper().identity);
}

TEST(Keeper, LeavesNothingWhenItIsStopped) {
  RunningProject project;
  project.command("hold netns:web /proc/self/ns/net");
  project.command("stop");
  EXPECT_TRUE(await_end(project.keeper().pidfd));
  // The supervisor removes the directory once the keeper has said that it is empty.
  EXPECT_TRUE(eventually([&] { return !std::filesystem::exists(project.run_directory()); }));
  EXPECT_EQ(project.births().size(), 1U);
}

TEST(Keeper, StaysWhenItIsAskedToEndByASignal) {
  RunningProject project;
  for (const int signal : {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1})
    kill_process(project.keeper().identity.pid, signal);
  const auto process = project.start("web", "exit web 1");
  EXPECT_EQ(project.await_exit(process).status.code, 1);
}

TEST(Keeper, SleepsWhenNothingHappensAndIsSmall) {
  RunningProject project;
  project.command("hold netns:web /proc/self/ns/net");
  const auto process = project.start("web", "exit web 1");
  project.await_exit(process);
  const int keeper = project.keeper().identity.pid;
  const auto switches = [keeper] {
    return field_of(keeper, "status", "voluntary_ctxt_switches:") +
           field_of(keeper, "status", "nonvoluntary_ctxt_switches:");
  };
  const auto before = switches();
  EXPECT_GT(before, 0U);
  EXPECT_FALSE(await_end(project.keeper().pidfd, milliseconds(1500)));
  EXPECT_EQ(switches(), before);
  const auto pss = field_of(keeper, "smaps_rollup", "Pss:");
  std::cout << "keeper: Pss " << pss << " kB\n";
  EXPECT_GT(pss, 0U);
  EXPECT_LT(pss, 100U);
}

}  // namespace
