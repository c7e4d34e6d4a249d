// The walk through the shop: a real stack of five containers, as the demo shows it.
#include <signal.h>

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.hpp"
#include "tests/walk/stack.hpp"

namespace tests {
namespace {

constexpr int kPort = 8080;

// Up once, then looked at from all sides: the images are large, and each look is cheap.
TEST(Shop, ServesItsPageKeepsItsNetworksApartAndStaysSmall) {
  const Home home;
  const Stack stack(home, "shop");
  const auto up = stack.tutti({"up", "-d", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.err;
  EXPECT_TRUE(fetch(kPort).has_value());
  EXPECT_EQ(stack.tutti({"plan"}).exit_code, 0);

  const auto containers = stack.ps();
  EXPECT_EQ(std::ranges::count(containers, "api", &Listed::service), 2);
  const auto migration = stack.find("migration");
  ASSERT_TRUE(migration.has_value());
  EXPECT_EQ(migration->state, "exited");

  // nginx is in front, redis in back: neither its name nor its address is reachable.
  EXPECT_NE(stack.tutti({"exec", "-T", "web", "nc", "-z", "-w", "1", "redis", "6379"}).exit_code,
            0);
  EXPECT_EQ(stack.tutti({"exec", "-T", "api", "nc", "-z", "-w", "1", "redis", "6379"}).exit_code,
            0);

  const auto supervisor = find_supervisor(stack);
  const auto keeper = find_keeper(stack, home);
  ASSERT_TRUE(supervisor && keeper);
  const long sum = pss_kilobytes(*supervisor) + pss_kilobytes(*keeper);
  std::printf("PSS of the shop's supervisor and keeper: %ld kB\n", sum);
  EXPECT_LT(sum, 12 * 1024);

  const pid_t redis = stack.pid_of("redis");
  ASSERT_GT(redis, 0);
  ::kill(redis, SIGKILL);
  EXPECT_TRUE(eventually(
      [&] {
        const auto now = stack.find("redis");
        return now && now->pid != redis && now->health == "healthy";
      },
      std::chrono::seconds(20)));
  EXPECT_TRUE(eventually([] { return fetch(kPort).has_value(); }));
}

}  // namespace
}  // namespace tests
