// Starts that fail: each says why in words, with Docker's exit code.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "tests/container/container_stage.hpp"

namespace tests {
namespace {

using testing::HasSubstr;

TEST(FailedStart, NamesACommandThatIsNotInThePath) {
  ContainerStage stage;
  schemas::ContainerConfig config = stage.script("");
  config.command = {"nginks"};
  const Outcome outcome = stage.run(config);
  EXPECT_EQ(outcome.exit_code, 127);
  EXPECT_THAT(outcome.failure, HasSubstr("command nginks was not found in PATH (/usr/local/sbin:"));
}

TEST(FailedStart, NamesAFileThatIsNotExecutable) {
  ContainerStage stage;
  std::ofstream(stage.layer() + "/etc/text") << "text\n";
  schemas::ContainerConfig config = stage.script("");
  config.command = {"/etc/text"};
  const Outcome outcome = stage.run(config);
  EXPECT_EQ(outcome.exit_code, 126);
  EXPECT_THAT(outcome.failure, HasSubstr("/etc/text may not be executed: permission denied"));
}

TEST(FailedStart, NamesADirectoryAndAMissingInterpreter) {
  ContainerStage stage;
  schemas::ContainerConfig config = stage.script("");
  config.command = {"/etc"};
  EXPECT_EQ(stage.run(config).exit_code, 126);
  std::ofstream(stage.layer() + "/bin/script") << "#!/bin/nothing\n";
  std::filesystem::permissions(stage.layer() + "/bin/script", std::filesystem::perms(0755));
  config.command = {"/bin/script"};
  const Outcome outcome = stage.run(config);
  EXPECT_EQ(outcome.exit_code, 127);
  EXPECT_THAT(outcome.failure, HasSubstr("interpreter"));
}

TEST(FailedStart, NamesAMissingBindSource) {
  ContainerStage stage;
  schemas::ContainerConfig config = stage.script("true");
  config.mounts = {schemas::BindMount{.source = stage.path("nothing"),
                                      .target = "/data",
                                      .missing = schemas::MissingSource::Refuse}};
  const Outcome outcome = stage.run(config);
  EXPECT_EQ(outcome.exit_code, 125);
  EXPECT_THAT(outcome.failure,
              HasSubstr("bind source " + stage.path("nothing") + " does not exist"));
}

TEST(FailedStart, NamesAFileMountedOnADirectory) {
  ContainerStage stage;
  std::ofstream(stage.path("file")) << "x";
  schemas::ContainerConfig config = stage.script("true");
  config.mounts = {schemas::BindMount{.source = stage.path("file"), .target = "/etc"}};
  const Outcome outcome = stage.run(config);
  EXPECT_EQ(outcome.exit_code, 127);
  EXPECT_THAT(outcome.failure, HasSubstr("one is a file and the other a directory"));
}

TEST(FailedStart, NamesAnUnknownUser) {
  ContainerStage stage;
  schemas::ContainerConfig config = stage.script("true");
  config.user = "nobody-here";
  EXPECT_THAT(stage.run(config).failure, HasSubstr("there is no user nobody-here"));
  for (const char* user : {"4294967296", "-1", "0x0", "+0", "0 ", "1000:abc", ":5", "5:"}) {
    config.user = user;
    EXPECT_NE(stage.run(config).failure, "") << user;
  }
}

}  // namespace
}  // namespace tests
