// Images that try to reach the host: every attempt is refused or stays inside.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "tests/container/container_stage.hpp"

namespace tests {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// A directory of the host with a canary: after each attempt it is as it was.
class Victim {
 public:
  explicit Victim(const ContainerStage& stage) : path_(stage.path("victim")) {
    fs::create_directories(path_ + "/etc");
    std::ofstream(path_ + "/etc/hosts") << "canary\n";
    fs::last_write_time(path_, fs::file_time_type{});
  }
  ~Victim() {
    EXPECT_EQ(std::distance(fs::directory_iterator(path_), {}), 1);
    EXPECT_EQ(std::distance(fs::directory_iterator(path_ + "/etc"), {}), 1);
    std::ifstream file(path_ + "/etc/hosts");
    std::string line;
    std::getline(file, line);
    EXPECT_EQ(line, "canary");
    EXPECT_EQ(fs::last_write_time(path_), fs::file_time_type{});
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string climbing() const { return "../../../../../../../.." + path_; }

 private:
  std::string path_;
};

TEST(HostileImage, IsRefusedWhenProcSysOrDevIsALink) {
  for (const char* name : {"proc", "sys", "dev"}) {
    ContainerStage stage;
    const Victim victim(stage);
    fs::create_symlink(victim.climbing(), stage.layer() + "/" + name);
    const Outcome outcome = stage.run(stage.script("true"));
    EXPECT_EQ(outcome.exit_code, 125) << name;
    EXPECT_THAT(outcome.failure, HasSubstr("mount point /" + std::string(name)));
  }
}

TEST(HostileImage, KeepsALinkedEtcInside) {
  ContainerStage stage;
  const Victim victim(stage);
  fs::remove_all(stage.layer() + "/etc");
  fs::create_symlink(victim.climbing() + "/etc", stage.layer() + "/etc");
  static_cast<void>(stage.run(stage.script("true")));
}

TEST(HostileImage, KeepsAMountBelowALinkInside) {
  ContainerStage stage;
  const Victim victim(stage);
  fs::create_directories(stage.path("source"));
  fs::create_directories(stage.layer() + victim.path());
  fs::create_symlink(victim.climbing(), stage.layer() + "/data");
  schemas::ContainerConfig config = stage.script("ls -d " + victim.path() + "/new");
  config.mounts = {schemas::BindMount{.source = stage.path("source"), .target = "/data/new"}};
  EXPECT_EQ(stage.run(config).exit_code, 0);
}

TEST(HostileImage, MayNotRunOurOwnBinaryThroughProc) {
  ContainerStage stage;
  fs::create_symlink("/proc/self/exe", stage.layer() + "/bin/program");
  schemas::ContainerConfig config = stage.script("");
  for (const char* program : {"/bin/program", "/proc/self/exe"}) {
    config.command = {program};
    const Outcome outcome = stage.run(config);
    EXPECT_EQ(outcome.exit_code, 126);
    EXPECT_THAT(outcome.failure, HasSubstr("leads into /proc"));
  }
}

void write_script(const std::string& path, const std::string& first_line) {
  std::ofstream(path) << first_line << "\necho it ran\n";
  fs::permissions(path, fs::perms(0755));
}

// "#!/proc/self/exe": the kernel would run the program that is about to run the script.
TEST(HostileImage, MayNotRunOurOwnBinaryAsAnInterpreter) {
  ContainerStage stage;
  const std::string bin = stage.layer() + "/bin/";
  fs::create_symlink("/proc/self/exe", bin + "link");
  write_script(bin + "direct", "#!/proc/self/exe");
  write_script(bin + "blanks", "#! \t/proc/self/exe -x");
  write_script(bin + "linked", "#!/bin/link");
  write_script(bin + "nested", "#!/bin/direct");
  write_script(bin + "honest", "#!/bin/sh");
  write_script(bin + "above_honest", "#!/bin/env sh");
  RunningContainer running = stage.start(stage.script("sleep 1000"));
  for (const char* program : {"direct", "blanks", "linked", "nested"}) {
    const Outcome outcome = stage.exec(running, {program});
    EXPECT_EQ(outcome.exit_code, 126) << program;
    EXPECT_THAT(outcome.failure, HasSubstr("leads into /proc")) << program;
  }
  for (const char* program : {"honest", "above_honest"})
    EXPECT_EQ(stage.exec(running, {program}).output, "it ran\n") << program;
  EXPECT_TRUE(runtime::send_signal(running.launched.pidfd, SIGKILL));
  EXPECT_EQ(stage.finish(running).exit_code, 137);
  schemas::ContainerConfig config = stage.script("");
  config.command = {"/bin/direct"};
  EXPECT_EQ(stage.run(config).exit_code, 126);
}

// A file or device under that name must not even be opened: opening may wait, or do something.
TEST(HostileImage, MayNotPassSomethingElseOffAsATerminal) {
  for (const char* node : {"p", "c 5 2", "c 1 3"}) {
    ContainerStage stage;
    schemas::ContainerConfig config =
        stage.script("mknod /dev/pts/ptmx " + std::string(node) + "; echo made; sleep 1000");
    config.mounts = {schemas::TmpfsMount{.target = "/dev/pts"}};
    RunningContainer running = stage.start(config);
    EXPECT_TRUE(wait_readable(running.launched.stdout_fifo));
    auto process = runtime::exec_in_container({.names = stage.names,
                                               .record = running.record,
                                               .command = {"true"},
                                               .environment = {},
                                               .user = "",
                                               .working_directory = "",
                                               .terminal = schemas::Terminal::Yes},
                                              stage.host);
    const std::string said = process ? "it was believed" : process.error().text();
    EXPECT_THAT(said, HasSubstr("is no terminal")) << node;
    EXPECT_TRUE(runtime::send_signal(running.launched.pidfd, SIGKILL));
    EXPECT_EQ(stage.finish(running).exit_code, 137);
  }
}

TEST(HostileImage, MayNotWorkInADirectoryOfTheHost) {
  ContainerStage stage;
  const Victim victim(stage);
  schemas::ContainerConfig config = stage.script("pwd");
  for (int number = 0; number < 16; ++number) {
    config.working_directory = "/proc/self/fd/" + std::to_string(number);
    EXPECT_EQ(stage.run(config).exit_code, 125) << number;
  }
  fs::create_symlink(victim.climbing(), stage.layer() + "/work");
  config.working_directory = "/work/below";
  static_cast<void>(stage.run(config));
}

TEST(HostileImage, MayNotLeadAMountIntoProc) {
  ContainerStage stage;
  fs::create_directories(stage.path("source"));
  fs::create_symlink("/proc/sys", stage.layer() + "/data");
  schemas::ContainerConfig config = stage.script("true");
  config.mounts = {schemas::BindMount{.source = stage.path("source"), .target = "/data"}};
  EXPECT_THAT(stage.run(config).failure, HasSubstr("leads into /proc"));
  config.mounts = {schemas::BindMount{.source = stage.path("source"), .target = "/proc"}};
  EXPECT_THAT(stage.run(config).failure, HasSubstr("/proc is the kernel's"));
}

TEST(HostileImage, MayNotFoolTheUserLookup) {
  ContainerStage stage;
  std::ofstream(stage.layer() + "/etc/passwd") << "1000:x:0:0::/:/bin/sh\n";
  schemas::ContainerConfig config = stage.script("id -u");
  config.user = "1000";
  EXPECT_EQ(stage.run(config).output, "1000\n");
  fs::remove(stage.layer() + "/etc/passwd");
  ASSERT_EQ(::mkfifo((stage.layer() + "/etc/passwd").c_str(), 0644), 0);
  EXPECT_THAT(stage.run(config).failure, HasSubstr("not a regular file"));
  fs::remove(stage.layer() + "/etc/passwd");
  std::ofstream(stage.layer() + "/etc/passwd") << "";
  ASSERT_EQ(::truncate((stage.layer() + "/etc/passwd").c_str(), 1L << 30), 0);
  EXPECT_THAT(stage.run(config).failure, HasSubstr("not a regular file of at most"));
}

TEST(HostileImage, MayNotReplaceWhatMasksAPath) {
  ContainerStage stage;
  fs::create_directories(stage.layer() + "/dev");
  fs::create_symlink("/proc/sys/kernel/core_pattern", stage.layer() + "/dev/null");
  const Outcome outcome =
      stage.run(stage.script("cat /proc/interrupts | wc -c; echo x 2>/dev/null "
                             ">/proc/sys/kernel/core_pattern || echo refused"));
  EXPECT_EQ(outcome.output, "0\nrefused\n");
}

}  // namespace
}  // namespace tests
