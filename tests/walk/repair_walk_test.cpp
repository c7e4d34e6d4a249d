// The walk through accidents: whatever is killed, deleted or flushed comes back without a command.
#include <signal.h>

#include <gtest/gtest.h>

#include "tests/support/eventually.hpp"
#include "tests/support/nft_tables.hpp"
#include "tests/walk/stack.hpp"

namespace tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kPort = 18100;

// A stack that is up; each test does one thing to it.
class Repair : public testing::Test {
 protected:
  void SetUp() override {
    const auto up = stack_.tutti({"up", "-d", "--wait"});
    ASSERT_EQ(up.exit_code, 0) << up.err;
  }

  // Reachable from the host, and nothing is left to plan.
  void expect_repaired() {
    EXPECT_TRUE(eventually([] { return fetch(kPort).has_value(); }, seconds(10)));
    EXPECT_TRUE(eventually([&] { return stack_.tutti({"plan"}).exit_code == 0; }, seconds(10)))
        << stack_.tutti({"plan"}).out;
  }

  const Home home_;
  const Stack stack_{home_, "repair", hello_compose(kPort)};
};

TEST_F(Repair, BringsAKilledContainerBack) {
  const pid_t before = stack_.pid_of("talker");
  ASSERT_GT(before, 0);
  ::kill(before, SIGKILL);
  EXPECT_TRUE(eventually(
      [&] {
        const pid_t now = stack_.pid_of("talker");
        return now > 0 && now != before;
      },
      seconds(10)));
  EXPECT_EQ(stack_.ps().size(), 2U);
}

TEST_F(Repair, OutlivesItsSupervisor) {
  const pid_t web = stack_.pid_of("web");
  const auto before = find_supervisor(stack_);
  ASSERT_TRUE(before.has_value());
  ::kill(*before, SIGKILL);
  EXPECT_TRUE(eventually(
      [&] {
        const auto now = find_supervisor(stack_);
        return now && *now != *before;
      },
      milliseconds(200)));
  EXPECT_EQ(stack_.pid_of("web"), web);
  expect_repaired();
}

TEST_F(Repair, JournalsAnExitThatNoSupervisorSaw) {
  const auto supervisor = find_supervisor(stack_);
  const pid_t talker = stack_.pid_of("talker");
  ASSERT_TRUE(supervisor.has_value());
  ::kill(*supervisor, SIGKILL);
  ::kill(talker, SIGKILL);
  EXPECT_TRUE(eventually(
      [&] {
        const pid_t now = stack_.pid_of("talker");
        return now > 0 && now != talker;
      },
      seconds(10)));
}

TEST_F(Repair, IsTakenOverWhenSupervisorAndKeeperAreKilled) {
  const pid_t web = stack_.pid_of("web");
  const pid_t talker = stack_.pid_of("talker");
  const auto supervisor = find_supervisor(stack_);
  const auto keeper = find_keeper(stack_, home_);
  ASSERT_TRUE(supervisor && keeper);
  ::kill(*keeper, SIGKILL);
  ::kill(*supervisor, SIGKILL);
  EXPECT_EQ(::kill(web, 0), 0);
  const auto up = stack_.tutti({"up", "-d"});
  EXPECT_EQ(up.exit_code, 0) << up.err;
  EXPECT_EQ(stack_.pid_of("web"), web);
  EXPECT_EQ(stack_.pid_of("talker"), talker);
  expect_repaired();
}

TEST_F(Repair, BringsADeletedVethBack) {
  for (const auto& link : links("tt")) {
    ASSERT_EQ(run({"ip", "link", "delete", link}).exit_code, 0) << link;
  }
  expect_repaired();
}

TEST_F(Repair, BringsADeletedBridgeBack) {
  const auto bridges = links("br-tt");
  ASSERT_EQ(bridges.size(), 1U);
  ASSERT_EQ(run({"ip", "link", "delete", bridges[0]}).exit_code, 0);
  EXPECT_TRUE(eventually([] { return links("br-tt").size() == 1; }));
  expect_repaired();
}

TEST_F(Repair, BringsAFlushedFirewallBack) {
  const auto before = nft_tables();
  ASSERT_EQ(run({"nft", "flush", "ruleset"}).exit_code, 0);
  EXPECT_TRUE(eventually([&] { return nft_tables() == before; }));
  expect_repaired();
}

}  // namespace
}  // namespace tests
