// Progress as text: the live table, the plain lines and the JSON lines of one start.
#include "orchestrator/cli/progress_view.hpp"

#include <gtest/gtest.h>

#include "orchestrator/cli/terminal.hpp"

namespace orchestrator {
namespace {

using schemas::Event;
using schemas::EventKind;
using std::chrono::milliseconds;

const schemas::ProjectName kShop("shop");

Event at(int time, EventKind kind, std::string subject, std::string text, std::string reason = "") {
  return {kind, schemas::WallTime(milliseconds(time)), std::move(subject), std::move(text),
          std::move(reason)};
}

std::vector<Event> a_start() {
  return {at(0, EventKind::Step, "shop_front", "create network shop_front 10.89.0.0/24",
             "not there yet"),
          at(10, EventKind::Step, "shop-db-1", "create db-1 from demo/db", "no container yet"),
          at(20, EventKind::Step, "shop-db-1", "start db-1", "created"),
          at(20, EventKind::Held, "shop-web-1", "", "waits for db-1 to be healthy"),
          at(40, EventKind::State, "shop-db-1", "running")};
}

std::string table_of(const ProgressView& view, int now, std::size_t width = 100) {
  std::string text;
  for (const auto& line : view.table(schemas::WallTime(milliseconds(now)), width, Colours::Off)) {
    text += line + "\n";
  }
  return text;
}

TEST(ProgressView, ShowsEachSubjectWithItsStateAndWhatItWaitsFor) {
  ProgressView view(Undertaking::Up, kShop);
  for (const auto& event : a_start()) view.take(event);
  EXPECT_EQ(table_of(view, 1340),
            "[+] up 2/3  1.3s\n"
            " ✔ shop_front  create network    0.0s  not there yet\n"
            " ✔ db-1        running           0.0s\n"
            " … web-1       held              1.3s  waits for db-1 to be healthy\n");
}

TEST(ProgressView, KeepsFailuresInPlace) {
  ProgressView view(Undertaking::Up, kShop);
  for (const auto& event : a_start()) view.take(event);
  view.take(at(500, EventKind::State, "shop-db-1", "exited with code 1"));
  view.take(at(600, EventKind::Failed, "shop-web-1", "dependency failed to start: db-1 exited"));
  EXPECT_EQ(table_of(view, 900),
            "[+] up 3/3  0.9s\n"
            " ✔ shop_front  create network        0.0s  not there yet\n"
            " ✘ db-1        exited with code 1    0.4s\n"
            " ✘ web-1       failed                0.5s  dependency failed to start: db-1 exited\n");
}

TEST(ProgressView, TakesTheExitOfWhatWasToldToEndForNoFailure) {
  const Event exit = at(500, EventKind::State, "shop-db-1", "exited with code 143");
  ProgressView down(Undertaking::Down, kShop);
  down.take(exit);
  EXPECT_EQ(table_of(down, 900),
            "[+] down 1/1  0.4s\n"
            " ✔ db-1  exited with code 143    0.0s\n");
  EXPECT_TRUE(down.failed().empty());

  ProgressView up(Undertaking::Up, kShop);
  for (const auto& event : a_start()) up.take(event);
  up.take(at(400, EventKind::Step, "shop-db-1", "stop db-1 (grace 10s)", "config changed"));
  up.take(exit);
  EXPECT_EQ(up.rows()[1].state, RowState::Done);
  up.take(at(600, EventKind::Step, "shop-db-1", "start db-1", "created"));
  up.take(exit);
  EXPECT_EQ(up.rows()[1].state, RowState::Failed);
  EXPECT_EQ(up.failed().size(), 1U);
}

TEST(ProgressView, CutsLinesToTheTerminal) {
  ProgressView view(Undertaking::Up, kShop);
  for (const auto& event : a_start()) view.take(event);
  for (const auto& line : view.table({}, 40, Colours::Off)) {
    EXPECT_LE(line.size(), 40U + 4U) << line;  // two signs of three bytes each
  }
}

TEST(ProgressView, ColoursTheMarksOnly) {
  ProgressView view(Undertaking::Up, kShop);
  view.take(at(0, EventKind::State, "shop-db-1", "running"));
  EXPECT_EQ(view.table({}, 80, Colours::On)[1], " \x1b[32m✔\x1b[0m db-1  running    0.0s");
}

TEST(ProgressView, KnowsWhatIsNoNews) {
  ProgressView view(Undertaking::Up, kShop);
  const Event held = at(0, EventKind::Held, "shop-web-1", "", "waits for db-1 to be healthy");
  EXPECT_TRUE(view.take(held));
  EXPECT_FALSE(view.take(held));
  EXPECT_FALSE(view.take(at(0, EventKind::Settled, "", "")));
  EXPECT_EQ(view.waiting_line(), "still waiting: web-1 waits for db-1 to be healthy");
}

TEST(ProgressView, LetsNoControlCharacterThrough) {
  ProgressView view(Undertaking::Up, kShop);
  view.take(at(0, EventKind::Failed, "shop-web-1", "bad \x1b[2J name"));
  EXPECT_EQ(table_of(view, 0).find('\x1b'), std::string::npos);
  EXPECT_EQ(plain_line(at(0, EventKind::Warning, "", "a\nb\x1b"), kShop), "warning: a b ");
}

TEST(PlainProgress, SaysWhatAndWhyOnALine) {
  std::string text;
  for (const auto& event : a_start()) text += plain_line(event, kShop) + "\n";
  EXPECT_EQ(
      text,
      "create network shop_front 10.89.0.0/24                        not there yet\n"
      "create db-1 from demo/db                                      no container yet\n"
      "start db-1                                                    created\n"
      "held web-1                                                    waits for db-1 to be healthy\n"
      "db-1 running\n");
}

TEST(PlainProgress, KeepsTwoSpacesBehindALongText) {
  const std::string reference(80, 'x');
  const auto line = plain_line(
      at(0, EventKind::Step, "shop-db-1", "create db-1 from " + reference, "no container yet"),
      kShop);
  EXPECT_EQ(line, "create db-1 from " + reference + "  no container yet");
}

TEST(JsonProgress, UsesComposeKeys) {
  std::string text;
  ProgressView view(Undertaking::Up, kShop);
  for (const auto& event : a_start()) {
    view.take(event);
    text += view.json_line(event) + "\n";
  }
  text += view.json_line(at(0, EventKind::Settled, "", "db-1 exited with code 1"));
  EXPECT_EQ(
      text,
      R"({"id":"shop_front","status":"Done","text":"create network","details":"not there yet"})"
      "\n"
      R"({"id":"shop-db-1","status":"Working","text":"create","details":"no container yet"})"
      "\n"
      R"({"id":"shop-db-1","status":"Working","text":"start","details":"created"})"
      "\n"
      R"({"id":"shop-web-1","status":"Working","text":"held","details":"waits for db-1 to be healthy"})"
      "\n"
      R"({"id":"shop-db-1","status":"Done","text":"running"})"
      "\n"
      R"({"error":true,"message":"db-1 exited with code 1"})");
}

TEST(LogPrefixes, PadsToTheLongestNameAndColoursInComposesOrder) {
  LogPrefixes prefixes(Colours::On, Prefix::On);
  prefixes.add("web-1");
  prefixes.add("migrate-1");
  EXPECT_EQ(prefixes.line("web-1", "hello"), "\x1b[36mweb-1      | \x1b[0mhello\n");
  EXPECT_EQ(prefixes.line("migrate-1", ""), "\x1b[33mmigrate-1  | \x1b[0m\n");
  LogPrefixes plain(Colours::Off, Prefix::On);
  EXPECT_EQ(plain.line("web-1", "hello"), "web-1  | hello\n");
  EXPECT_EQ(LogPrefixes(Colours::On, Prefix::Off).line("web-1", "hello"), "hello\n");
}

TEST(Style, PutsFlagsBeforeVariablesBeforeTheTerminal) {
  const StreamFacts terminals{true, true};
  const StreamFacts pipes{false, false};
  GlobalOptions global;
  EXPECT_EQ(choose_style(global, {}, terminals).mode, ProgressMode::Terminal);
  EXPECT_EQ(choose_style(global, {}, pipes).mode, ProgressMode::Plain);
  EXPECT_EQ(choose_style(global, {}, terminals).output, Colours::On);
  EXPECT_EQ(choose_style(global, {}, pipes).output, Colours::Off);
  EXPECT_EQ(choose_style(global, {{"NO_COLOR", "1"}}, terminals).output, Colours::Off);
  EXPECT_EQ(choose_style(global, {{"FORCE_COLOR", "1"}}, pipes).output, Colours::On);
  EXPECT_EQ(choose_style(global, {{"TERM", "dumb"}}, terminals).mode, ProgressMode::Plain);
  global.ansi = AnsiMode::Always;
  EXPECT_EQ(choose_style(global, {{"NO_COLOR", "1"}}, pipes).output, Colours::On);
  global.ansi = AnsiMode::Never;
  EXPECT_EQ(choose_style(global, {}, terminals).mode, ProgressMode::Plain);
}

}  // namespace
}  // namespace orchestrator
