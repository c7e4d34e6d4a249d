// The four laws of the loop, held by seeded random projects on a FakeWorld.
#include <gmock/gmock.h>

#include "tests/model/project_generator.hpp"
#include "tests/model/settle.hpp"

namespace tests {
namespace {

using namespace orchestrator;
using testing::IsEmpty;

constexpr std::uint32_t kSeeds = 20;

struct Cut {};  // the supervisor dies here

// Every container runs what it should, and nothing else is there.
void expect_arrived(const DesiredState& desired, const FakeWorld& world) {
  EXPECT_THAT(world.violations, IsEmpty());
  ASSERT_EQ(world.state.containers.size(), desired.containers.size());
  for (const auto& [name, container] : desired.containers) {
    const schemas::ContainerStatus& status = world.state.containers.at(name);
    EXPECT_EQ(status.state, schemas::ContainerState::Running) << name.text;
    EXPECT_EQ(status.config, container.config) << name.text;
  }
  const Plan plan = reconcile(desired, world.state, world.now());
  EXPECT_TRUE(plan.empty()) << describe(plan);
}

TEST(Model, ASettledProjectHasAnEmptyPlan) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    ProjectGenerator generator(seed);
    FakeWorld world;
    Loop loop(world);
    auto services = generator.services();
    for (std::uint64_t generation = 1; generation <= 4; ++generation) {
      const auto desired = desired_of(services, generation);
      ASSERT_EQ(loop.settle(desired), Loop::End::Settled) << describe(loop.plan());
      expect_arrived(desired, world);
      services = generator.changed(std::move(services));
    }
  }
}

TEST(Model, ArrivesAfterACutAtAnyStep) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    ProjectGenerator generator(seed);
    FakeWorld world;
    const auto services = generator.services();
    const auto before = desired_of(services, 1);
    const auto after = desired_of(generator.changed(services), 2);
    // Each supervisor dies after one action; the next one knows nothing but what it sees.
    for (const DesiredState& desired : {before, after}) {
      int actions = 0;
      world.after_each_action = [] { throw Cut{}; };
      for (Loop::End end = Loop::End::StillBusy; end != Loop::End::Settled;) {
        Loop loop(world);
        try {
          end = loop.settle(desired);
        } catch (const Cut&) {
          ASSERT_LT(++actions, 2000);
        }
      }
      world.after_each_action = nullptr;
      expect_arrived(desired, world);
    }
  }
}

TEST(Model, LeavesAnEmptyWorldAfterDownFromAnyPoint) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    ProjectGenerator generator(seed);
    FakeWorld world;
    Loop loop(world);
    auto desired = desired_of(generator.services());
    const int turns = generator.below(12);
    for (int turn = 0; turn < turns; ++turn) {
      loop.turn(desired);
      world.advance(std::chrono::milliseconds{generator.below(4)});
    }
    desired.goal = Goal::Gone;
    desired.volume_fate = VolumeFate::Discard;
    ASSERT_EQ(loop.settle(desired), Loop::End::Settled) << describe(loop.plan());
    EXPECT_EQ(world.state, ObservedState{});
    EXPECT_THAT(world.violations, IsEmpty());
  }
}

TEST(Model, RecoversFromAccidentsAndFailingSteps) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    ProjectGenerator generator(seed);
    FakeWorld world;
    Loop loop(world);
    const auto desired = desired_of(generator.services());
    for (const char* step : {"create network", "create volume", "fill", "reserve", "apply",
                             "create shop", "start", "attach"}) {
      world.fail_next(step, generator.below(3));
    }
    ASSERT_EQ(loop.settle(desired), Loop::End::Settled) << describe(loop.plan());
    for (int accident = 0; accident < 5; ++accident) {
      generator.spoil(world);
      ASSERT_EQ(loop.settle(desired), Loop::End::Settled) << describe(loop.plan());
      expect_arrived(desired, world);
    }
  }
}

// The FakeWorld itself refuses what is not there; here something of a neighbour's is.
TEST(Model, NeverTouchesWhatIsNotOurs) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    ProjectGenerator generator(seed);
    FakeWorld world;
    world.state.taken_subnets = {*schemas::read_subnet("10.89.0.0/24"),
                                 *schemas::read_subnet("10.89.2.0/23")};
    Loop loop(world);
    const auto desired = desired_of(generator.services());
    loop.settle(desired);
    for (const auto& [name, network] : world.state.networks) {
      for (const schemas::Subnet& taken : world.state.taken_subnets) {
        EXPECT_FALSE(network.subnet.overlaps(taken));
      }
    }
    for (const std::string& text : world.done) {
      EXPECT_TRUE(text.contains("shop") || text.starts_with("apply firewall") ||
                  text.starts_with("reserve port 0.0.0.0:80"))
          << text;
    }
    EXPECT_THAT(world.violations, IsEmpty());
  }
}

TEST(Model, GivesEqualPlansForEqualWorlds) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<std::string> first;
    for (int run = 0; run < 2; ++run) {
      ProjectGenerator generator(seed);
      FakeWorld world;
      Loop loop(world);
      const auto desired = desired_of(generator.services());
      EXPECT_EQ(describe(reconcile(desired, world.state, world.now())),
                describe(reconcile(desired, world.state, world.now())));
      loop.settle(desired);
      if (run == 0) first = world.done;
      EXPECT_EQ(world.done, first);
    }
  }
}

}  // namespace
}  // namespace tests
