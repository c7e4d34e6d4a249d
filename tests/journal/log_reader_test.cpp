// The log's readers: lines come out as they were written, whatever the bursts were.
#include "runtime/journal/log_reader.hpp"

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/journal/written_log.hpp"

namespace {

using runtime::LineEnd;
using runtime::LogLine;
using runtime::LogReader;
using runtime::LogStream;
using runtime::read_log;
using testing::ElementsAre;
using tests::WrittenLog;

std::vector<std::string> texts(const std::vector<LogLine>& lines) {
  std::vector<std::string> all;
  for (const LogLine& line : lines)
    all.push_back((line.stream == LogStream::Stderr ? "E:" : "") + line.text +
                  (line.end == LineEnd::None ? "…" : ""));
  return all;
}

class Log : public testing::Test {
 protected:
  tests::TemporaryDirectory directory_;
  WrittenLog log_{directory_.path()};

  std::vector<std::string> all() { return texts(*read_log(log_.directory())); }
  std::vector<std::string> last(std::size_t count) {
    return texts(*read_log(log_.directory(), count));
  }
};

TEST_F(Log, JoinsALineFromItsBursts) {
  log_.out("on").out("e\ntw").out("o\n");
  EXPECT_THAT(all(), ElementsAre("one", "two"));
}

TEST_F(Log, KeepsTheTwoStreamsApart) {
  log_.out("out").err("err\n").out("put\n");
  EXPECT_THAT(all(), ElementsAre("E:err", "output"));
}

TEST_F(Log, GivesALineTheTimeOfItsFirstByte) {
  log_.out("a\n").out("b").out("b\n");
  const auto lines = *read_log(log_.directory());
  EXPECT_EQ(lines.at(1).time.time_since_epoch().count(), 2);
}

TEST_F(Log, TellsALineWithoutNewlineLast) {
  log_.out("a\nlast words");
  EXPECT_THAT(all(), ElementsAre("a", "last words…"));
}

TEST_F(Log, EndsAnUnfinishedLineWhereANewRunBegins) {
  log_.out("Killed").new_run().out("Starting\n");
  EXPECT_THAT(all(), ElementsAre("Killed…", "Starting"));
}

TEST_F(Log, KeepsEmptyLines) {
  log_.out("\n\na\n");
  EXPECT_THAT(all(), ElementsAre("", "", "a"));
}

TEST_F(Log, JoinsALineOverSegments) {
  log_.out("one\ntw").new_segment().out("o\n").new_segment().new_segment().out("three\n");
  EXPECT_THAT(all(), ElementsAre("one", "two", "three"));
}

TEST_F(Log, IsEmptyBeforeTheFirstBurst) { EXPECT_THAT(all(), ElementsAre()); }

TEST_F(Log, IsNotFoundWithoutADirectory) {
  const auto lines = read_log(directory_ / "none");
  ASSERT_FALSE(lines);
  EXPECT_EQ(lines.error().kind(), schemas::ErrorKind::NotFound);
}

TEST_F(Log, PassesOverATornLastEntry) {
  log_.out("one\n").raw_index("torn");
  EXPECT_THAT(all(), ElementsAre("one"));
}

TEST_F(Log, PassesOverAnEntryWithAWrongChecksum) {
  log_.out("one\n").raw_index(std::string(32, 'x')).out("two\n");
  EXPECT_THAT(all(), ElementsAre("one", "two"));
}

TEST_F(Log, ReadsWhatIsLeftWhenASegmentIsCutOff) {
  log_.out("one\n").out("two\n");
  std::filesystem::resize_file(log_.file("segment.", 1), 4);
  EXPECT_THAT(all(), ElementsAre("one"));
}

TEST_F(Log, HandsOverAVeryLongLineInParts) {
  const std::string half(runtime::kLongestLine, 'x');
  log_.out(half).out("yy\n").out("z\n");
  const auto lines = *read_log(log_.directory());
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].text.size(), runtime::kLongestLine);
  EXPECT_EQ(lines[0].end, LineEnd::None);
  EXPECT_EQ(lines[1].text, "yy");
  EXPECT_EQ(lines[2].text, "z");
}

TEST_F(Log, GoesOnWithWhatIsWrittenLater) {
  log_.out("one\n");
  auto reader = *LogReader::open(log_.directory());
  EXPECT_EQ(reader.next()->text, "one");
  EXPECT_FALSE(reader.next());
  log_.out("tw").new_segment().out("o\n");
  EXPECT_EQ(reader.next()->text, "two");
  EXPECT_FALSE(reader.next());
}

TEST_F(Log, GoesOnWhenRotationHasOvertakenTheReader) {
  log_.out("one\n");
  auto reader = *LogReader::open(log_.directory());
  EXPECT_EQ(reader.next()->text, "one");
  log_.new_segment().out("lost\n").new_segment().out("three\n");
  for (const std::uint32_t number : {1U, 2U}) {
    std::filesystem::remove(log_.file("index.", number));
    std::filesystem::remove(log_.file("segment.", number));
  }
  EXPECT_EQ(reader.next()->text, "three");
}

TEST_F(Log, FindsTheLastLines) {
  log_.out("1\n2\n3\n").out("4\n").out("5\n6\n");
  EXPECT_THAT(last(2), ElementsAre("5", "6"));
  EXPECT_THAT(last(3), ElementsAre("4", "5", "6"));
  EXPECT_THAT(last(100), ElementsAre("1", "2", "3", "4", "5", "6"));
  EXPECT_THAT(last(0), ElementsAre());
}

TEST_F(Log, FindsTheBeginningOfALastLine) {
  log_.out("1\n").out("lo").err("e\n").out("ng").err("f\n").out("\n");
  EXPECT_THAT(last(1), ElementsAre("long"));
  EXPECT_THAT(last(2), ElementsAre("E:f", "long"));
}

TEST_F(Log, CountsAnUnfinishedLineAsALine) {
  log_.out("1\n2\n3");
  EXPECT_THAT(last(1), ElementsAre("3…"));
  EXPECT_THAT(last(2), ElementsAre("2", "3…"));
}

TEST_F(Log, FindsTheLastLinesOverSegments) {
  log_.out("1\n2\n").new_segment().new_segment().out("3\n");
  EXPECT_THAT(last(2), ElementsAre("2", "3"));
}

TEST_F(Log, TellsTheSameLastLinesAsAWholeReading) {
  std::mt19937 random(1);  // NOLINT: the same cases every time
  std::string text;
  for (int burst = 0; burst < 400; ++burst) {
    text.clear();
    for (auto length = random() % 12; length > 0; --length)
      text += random() % 3 == 0 ? '\n' : static_cast<char>('a' + random() % 26);
    if (!text.empty()) random() % 4 == 0 ? log_.err(text) : log_.out(text);
    if (random() % 40 == 0) log_.new_segment();
    if (random() % 60 == 0) log_.new_run();
  }
  const auto whole = all();
  for (std::size_t count = 0; count <= whole.size(); count += 7)
    EXPECT_EQ(last(count),
              std::vector(whole.end() - static_cast<std::ptrdiff_t>(count), whole.end()))
        << count;
}

}  // namespace
