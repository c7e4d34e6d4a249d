// The walk of many at once: two `up`s of one project, ten projects side by side.
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/eventually.hpp"
#include "tests/walk/stack.hpp"

namespace tests {
namespace {

TEST(Many, TwoUpsOfOneProjectAtOnceMakeOneProject) {
  const Home home;
  const Stack stack(home, "twice", hello_compose(18300));
  TuttiProcess first(stack.command({"up", "-d", "--wait"}), stack.directory());
  TuttiProcess second(stack.command({"up", "-d", "--wait"}), stack.directory());
  const auto one = first.finish();
  const auto two = second.finish();
  EXPECT_EQ(one.exit_code, 0) << one.err;
  EXPECT_EQ(two.exit_code, 0) << two.err;
  EXPECT_EQ(stack.ps().size(), 2U);
  EXPECT_EQ(find_supervisors("twice").size(), 1U);
  EXPECT_EQ(links("br-tt").size(), 1U);
}

TEST(Many, TenProjectsAtOnceDoNotTouchEachOther) {
  const Home home;
  std::vector<std::unique_ptr<Stack>> stacks;
  std::vector<std::unique_ptr<TuttiProcess>> ups;
  for (int number = 0; number < 10; ++number) {
    stacks.push_back(std::make_unique<Stack>(home, "many" + std::to_string(number),
                                             hello_compose(18310 + number)));
    ups.push_back(std::make_unique<TuttiProcess>(stacks.back()->command({"up", "-d", "--wait"}),
                                                 stacks.back()->directory()));
  }
  for (const auto& up : ups) {
    const auto finished = up->finish(std::chrono::seconds(60));
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
  }
  for (int number = 0; number < 10; ++number) {
    EXPECT_EQ(fetch(18310 + number), "hello from many" + std::to_string(number) + "\n");
  }
  EXPECT_EQ(stacks[0]->tutti({"down"}).exit_code, 0);
  EXPECT_EQ(fetch(18319), "hello from many9\n");
}

}  // namespace
}  // namespace tests
