// Following logs: lines come with an event, over rotation and over new directories.
#include "runtime/journal/log_follower.hpp"

#include <poll.h>

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/journal/written_log.hpp"

namespace {

using runtime::FollowedLine;
using runtime::LogFollower;
using testing::ElementsAre;
using tests::WrittenLog;

class Following : public testing::Test {
 protected:
  static bool has_event(const LogFollower& follower) {
    pollfd entry{.fd = follower.descriptor().get(), .events = POLLIN, .revents = 0};
    return ::poll(&entry, 1, 0) == 1;
  }
  std::vector<std::string> read() {
    std::vector<std::string> texts;
    auto lines = follower_.read();
    EXPECT_TRUE(lines) << lines.error().text();
    for (const FollowedLine& line : *lines)
      texts.push_back(std::to_string(line.log) + ":" + line.line.text);
    return texts;
  }
  // What comes by an event, and by nothing else.
  std::vector<std::string> read_event() {
    EXPECT_TRUE(has_event(follower_));
    auto lines = read();
    EXPECT_FALSE(has_event(follower_));
    return lines;
  }

  tests::TemporaryDirectory directory_;
  std::string path_{directory_ / "containers/web/log"};
  LogFollower follower_{*LogFollower::open()};
};

TEST_F(Following, TellsWhatIsThereAndThenWhatComes) {
  std::filesystem::create_directories(path_);
  WrittenLog log(path_);
  log.out("1\n2\n3\n");
  follower_.add(path_, 2);
  EXPECT_THAT(read(), ElementsAre("0:2", "0:3"));
  log.out("4").out("\n");
  EXPECT_THAT(read_event(), ElementsAre("0:4"));
}

TEST_F(Following, WaitsForADirectoryThatIsNotThereYet) {
  follower_.add(path_);
  EXPECT_THAT(read(), ElementsAre());
  std::filesystem::create_directories(path_);
  EXPECT_THAT(read_event(), ElementsAre());
  // Directories below one that is new may have come before its watch: read() has looked again.
  WrittenLog(path_).out("1\n");
  EXPECT_THAT(read_event(), ElementsAre("0:1"));
}

TEST_F(Following, GoesOverToTheNextSegment) {
  std::filesystem::create_directories(path_);
  WrittenLog log(path_);
  log.out("1\n");
  follower_.add(path_);
  EXPECT_THAT(read(), ElementsAre("0:1"));
  log.new_segment().out("2\n");
  EXPECT_THAT(read_event(), ElementsAre("0:2"));
}

TEST_F(Following, GoesOverToANewContainersLog) {
  std::filesystem::create_directories(path_);
  WrittenLog(path_).out("1\nlast words");
  follower_.add(path_, 0);
  EXPECT_THAT(read(), ElementsAre());
  std::filesystem::rename(directory_ / "containers/web", directory_ / "containers/trash");
  std::filesystem::create_directories(path_);
  WrittenLog(path_).out("new\n");
  EXPECT_THAT(read_event(), ElementsAre("0:last words", "0:new"));
  std::filesystem::remove_all(directory_ / "containers/web");
  // The inode goes when the follower lets go of it, which is one more event.
  while (has_event(follower_)) EXPECT_THAT(read(), ElementsAre());
  std::filesystem::create_directories(path_);
  read_event();
  WrittenLog(path_).out("again\n");
  EXPECT_THAT(read_event(), ElementsAre("0:again"));
}

TEST_F(Following, FollowsManyLogsInTheOrderOfTheirTimes) {
  const std::string other = directory_ / "containers/db/log";
  std::filesystem::create_directories(path_);
  std::filesystem::create_directories(other);
  WrittenLog web(path_);
  WrittenLog db(other);
  follower_.add(path_);
  follower_.add(other);
  EXPECT_THAT(read(), ElementsAre());
  web.out("a\n").out("b\n");
  db.out("c\n");
  EXPECT_THAT(read_event(), ElementsAre("0:a", "1:c", "0:b"));
}

}  // namespace
