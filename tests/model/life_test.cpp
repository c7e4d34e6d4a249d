// The life of a project on a FakeWorld: up, crashes, health, failures, changes, drift, down.
#include <gmock/gmock.h>

#include "orchestrator/reconcile/wait_verdict.hpp"
#include "tests/model/settle.hpp"
#include "tests/model/shop.hpp"

namespace tests {
namespace {

using namespace orchestrator;
using namespace std::chrono_literals;
using schemas::ContainerState;
using schemas::RestartMode;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const schemas::ContainerStatus& container(const FakeWorld& world, const std::string& name) {
  return world.state.containers.at(ContainerName("shop-" + name));
}

long count(const FakeWorld& world, const std::string& text) {
  return std::count(world.done.begin(), world.done.end(), text);
}

std::string judge(const DesiredState& desired, const FakeWorld& world, const Loop& loop,
                  WaitFor wait_for) {
  const WaitVerdict result = verdict(desired, world.state, loop.plan(), wait_for);
  switch (result.state) {
    case WaitVerdict::State::Ready:
      return "ready";
    case WaitVerdict::State::Pending:
      return "pending";
    case WaitVerdict::State::Failed:
      return result.text;
  }
  return "";
}

TEST(Life, GoesFromNothingToRunningToNothing) {
  FakeWorld world;
  Loop loop(world);
  auto desired = desired_of({a_service("db").image("demo:data").volume("data", "/data"),
                             a_service("web").needs_started("db").port(8080, 80)});
  EXPECT_EQ(loop.settle(desired), Loop::End::Settled);
  EXPECT_EQ(container(world, "web-1").state, ContainerState::Running);
  EXPECT_TRUE(loop.plan().empty());
  desired.goal = Goal::Gone;
  desired.volume_fate = VolumeFate::Discard;
  EXPECT_EQ(loop.settle(desired), Loop::End::Settled);
  EXPECT_EQ(world.state, ObservedState{});
  EXPECT_THAT(world.violations, IsEmpty());
}

TEST(Life, KeepsVolumesWhenTheProjectGoesDownWithoutBeingTold) {
  FakeWorld world;
  Loop loop(world);
  auto desired = desired_of({a_service("db").volume("data", "/data")});
  loop.settle(desired);
  desired.goal = Goal::Gone;
  loop.settle(desired);
  EXPECT_EQ(world.state.volumes.size(), 1U);
  EXPECT_THAT(world.state.containers, IsEmpty());
}

TEST(Life, BacksOffFromACrashLoopUpToAMinute) {
  FakeWorld world;
  Loop loop(world);
  world.program("shop-web-1") = {.runs_for = 1ms, .exit_code = 1};
  const auto desired = desired_of({a_service("web").restart(RestartMode::Always)});
  loop.live(desired, 30s);
  // 100 ms, 200 ms ... 12.8 s: eight restarts fit into half a minute.
  EXPECT_EQ(count(world, "start shop-web-1"), 9);
  EXPECT_EQ(container(world, "web-1").restart_count, 8U);
  loop.live(desired, 10min);
  EXPECT_EQ(container(world, "web-1").backoff, schemas::Duration(60s));
  EXPECT_THAT(world.violations, IsEmpty());
}

TEST(Life, ForgetsTheBackoffAfterALongRun) {
  FakeWorld world;
  Loop loop(world);
  world.program("shop-web-1") = {.runs_for = 11s, .exit_code = 1};
  loop.live(desired_of({a_service("web").restart(RestartMode::Always)}), 1min);
  EXPECT_EQ(container(world, "web-1").backoff, schemas::Duration(100ms));
}

TEST(Life, GivesUpAfterOnFailuresMaximum) {
  FakeWorld world;
  Loop loop(world);
  world.program("shop-web-1") = {.runs_for = 1ms, .exit_code = 3};
  loop.live(desired_of({a_service("web").restart(RestartMode::OnFailure, 2)}), 1min);
  EXPECT_EQ(count(world, "start shop-web-1"), 3);
}

TEST(Life, DoesNotTryAFailedStartAgainUntilTheNextUp) {
  FakeWorld world;
  Loop loop(world);
  world.program("shop-web-1").cannot_start = "exec /nope: No such file or directory";
  auto desired = desired_of({a_service("web").restart(RestartMode::Always)});
  loop.live(desired, 1h);
  EXPECT_EQ(count(world, "start shop-web-1"), 1);
  EXPECT_EQ(judge(desired, world, loop, WaitFor::Started),
            "web-1 failed to start: exec /nope: No such file or directory");
  world.program("shop-web-1").cannot_start.clear();
  desired.generation = 2;
  loop.settle(desired);
  EXPECT_EQ(container(world, "web-1").state, ContainerState::Running);
}

TEST(Life, StartsADependentOnlyWhenItsDependencyIsHealthy) {
  FakeWorld world;
  Loop loop(world);
  world.program("shop-db-1").healthy_after = 3s;
  const auto desired =
      desired_of({a_service("db").health(1s, 5), a_service("web").needs_healthy("db")});
  loop.live(desired, 2s);
  EXPECT_EQ(container(world, "web-1").state, ContainerState::Created);
  EXPECT_EQ(loop.plan().held.front().reason, "waits for db-1 to be healthy");
  EXPECT_EQ(judge(desired, world, loop, WaitFor::Healthy), "pending");
  loop.live(desired, 3s);
  EXPECT_EQ(container(world, "web-1").state, ContainerState::Running);
  EXPECT_EQ(judge(desired, world, loop, WaitFor::Healthy), "ready");
}

TEST(Life, FailsADependentWhenItsDependencyIsUnhealthy) {
  FakeWorld world;
  Loop loop(world);
  world.program("shop-db-1").healthy_after = 1h;
  const auto desired =
      desired_of({a_service("db").health(1s, 2), a_service("web").needs_healthy("db")});
  loop.live(desired, 10s);
  EXPECT_EQ(container(world, "web-1").state, ContainerState::Created);
  EXPECT_EQ(judge(desired, world, loop, WaitFor::Started),
            "dependency failed to start: db-1 is unhealthy");
}

TEST(Life, StartsADependentAfterAOneShotHasCompleted) {
  FakeWorld world;
  Loop loop(world);
  world.program("shop-migrate-1").runs_for = 2s;
  auto desired = desired_of({a_service("migrate"), a_service("api").needs_completed("migrate")});
  EXPECT_EQ(loop.settle(desired), Loop::End::Settled);
  EXPECT_EQ(container(world, "api-1").state, ContainerState::Running);
  EXPECT_EQ(judge(desired, world, loop, WaitFor::Healthy), "ready");
  // The next `up` has nothing to do: the work is done, and the one that waited for it runs.
  desired.generation = 2;
  EXPECT_TRUE(reconcile(desired, world.state, world.now()).empty());
}

TEST(Life, FailsADependentWhenAOneShotFails) {
  FakeWorld world;
  Loop loop(world);
  world.program("shop-migrate-1") = {.runs_for = 1s, .exit_code = 4};
  const auto desired =
      desired_of({a_service("migrate"), a_service("api").needs_completed("migrate")});
  loop.live(desired, 5s);
  EXPECT_EQ(container(world, "api-1").state, ContainerState::Created);
  EXPECT_EQ(judge(desired, world, loop, WaitFor::Started),
            "dependency failed to start: migrate-1 exited with code 4");
}

TEST(Life, LeavesACrashAfterANoOpUpToTheRestartPolicy) {
  FakeWorld world;
  Loop loop(world);
  auto desired = desired_of({a_service("web")});
  loop.settle(desired);
  desired.generation = 2;
  desired.asked_at = world.now();
  world.advance(1s);
  world.kill("shop-web-1");
  loop.settle(desired);
  EXPECT_EQ(container(world, "web-1").state, ContainerState::Exited);
  desired.generation = 3;
  desired.asked_at = world.now();
  loop.settle(desired);
  EXPECT_EQ(container(world, "web-1").state, ContainerState::Running);
}

TEST(Life, RecreatesAContainerWhoseConfigChanged) {
  FakeWorld world;
  Loop loop(world);
  loop.settle(desired_of({a_service("web").memory(64 << 20), a_service("db")}));
  world.done.clear();
  const auto desired = desired_of({a_service("web").memory(128 << 20), a_service("db")}, 2);
  const Plan first = reconcile(desired, world.state, world.now());
  EXPECT_EQ(first.steps.front().reason, "config changed: limits.memory 64m -> 128m");
  EXPECT_EQ(first.held.front().reason, "recreate after it has stopped");
  loop.settle(desired);
  EXPECT_THAT(world.done, ElementsAre("stop shop-web-1 (grace 10s)", "discard shop-web-1",
                                      "create shop-web-1 from demo", "start shop-web-1"));
}

TEST(Life, KillsWhatIgnoresTheStopSignalAfterItsGrace) {
  FakeWorld world;
  Loop loop(world);
  world.program("shop-web-1").ignores_stop = true;
  auto desired = desired_of({a_service("web").grace(3s)});
  loop.settle(desired);
  const Instant before = world.now();
  desired.goal = Goal::Gone;
  loop.settle(desired);
  EXPECT_EQ(count(world, "kill shop-web-1"), 1);
  EXPECT_GE(world.now() - before, 3s);
  EXPECT_LT(world.now() - before, 4s);
}

TEST(Life, ScalesUpAndTakesTheHighestNumbersAwayFirst) {
  FakeWorld world;
  Loop loop(world);
  loop.settle(desired_of({a_service("web").replicas(12)}));
  EXPECT_EQ(world.state.containers.size(), 12U);
  world.done.clear();
  loop.settle(desired_of({a_service("web").replicas(9)}, 2));
  EXPECT_EQ(world.state.containers.size(), 9U);
  EXPECT_THAT(std::vector(world.done.begin(), world.done.begin() + 3),
              ElementsAre(StartsWith("stop shop-web-12"), StartsWith("stop shop-web-11"),
                          StartsWith("stop shop-web-10")));
  loop.settle(desired_of({a_service("web").replicas(0), a_service("db")}, 3));
  EXPECT_EQ(world.state.containers.size(), 1U);
  EXPECT_THAT(world.violations, IsEmpty());
}

TEST(Life, LeavesOrphansAloneUntilTheProjectGoesDown) {
  FakeWorld world;
  Loop loop(world);
  loop.settle(desired_of({a_service("old").port(9000, 90), a_service("web")}));
  auto desired = desired_of({a_service("web")}, 2);
  loop.settle(desired);
  EXPECT_EQ(container(world, "old-1").state, ContainerState::Running);
  EXPECT_EQ(world.state.reserved_ports.size(), 1U);
  desired.goal = Goal::Gone;
  loop.settle(desired);
  EXPECT_THAT(world.state.containers, IsEmpty());
}

TEST(Life, StopsDependentsBeforeTheirDependencies) {
  FakeWorld world;
  Loop loop(world);
  auto desired = desired_of({a_service("db"), a_service("api").needs_started("db"),
                             a_service("web").needs_started("api")});
  loop.settle(desired);
  world.done.clear();
  desired.goal = Goal::Stopped;
  loop.settle(desired);
  EXPECT_THAT(std::vector(world.done.begin(), world.done.begin() + 3),
              ElementsAre(StartsWith("stop shop-web-1"), StartsWith("stop shop-api-1"),
                          StartsWith("stop shop-db-1")));
  EXPECT_THAT(world.state.reserved_ports, IsEmpty());
  EXPECT_EQ(world.state.networks.size(), 1U);
}

TEST(Life, KillsAllAtOnceWhenAskedTo) {
  FakeWorld world;
  Loop loop(world);
  auto desired = desired_of({a_service("db"), a_service("web").needs_started("db")});
  loop.settle(desired);
  desired.goal = Goal::Killed;
  const Plan plan = reconcile(desired, world.state, world.now());
  EXPECT_EQ(plan.steps.size(), 2U);
  loop.settle(desired);
  EXPECT_EQ(container(world, "db-1").exit->code, 137);
}

TEST(Life, RepairsWhatSomebodyElseTookAway) {
  FakeWorld world;
  Loop loop(world);
  const auto desired = desired_of({a_service("web").restart(RestartMode::Always)});
  loop.settle(desired);
  world.state.networks.begin()->second.bridge_up = false;
  world.state.containers.begin()->second.endpoints[0].attached = false;
  world.state.firewall = {};
  const Plan plan = reconcile(desired, world.state, world.now());
  EXPECT_EQ(describe(plan, schemas::ProjectName("shop")),
            "create network shop_back 10.89.0.0/24           bridge is gone\n"
            "apply firewall (1 network, 1 address, 0 ports)  table is not there\n"
            "attach web-1 to shop_back as 10.89.0.2          bridge was gone\n");
  loop.settle(desired);
  world.kill("shop-web-1");
  loop.settle(desired);
  EXPECT_EQ(container(world, "web-1").state, ContainerState::Running);
  EXPECT_TRUE(loop.plan().empty());
  EXPECT_THAT(world.violations, IsEmpty());
}

TEST(Life, ReplacesANetworkWhoseSubnetChanged) {
  FakeWorld world;
  Loop loop(world);
  loop.settle(desired_of({a_service("web").address("back", "10.1.0.9"), a_service("db")}));
  loop.settle(desired_of({a_service("web").address("back", "10.2.0.9"), a_service("db")}, 2));
  EXPECT_EQ(world.state.networks.begin()->second.subnet.text(), "10.2.0.0/24");
  EXPECT_EQ(container(world, "db-1").endpoints[0].address.text(), "10.2.0.2");
  EXPECT_TRUE(loop.plan().empty());
  EXPECT_THAT(world.violations, IsEmpty());
}

TEST(Life, TakesAnAddressFromItsHolderForTheOneThatNamesIt) {
  FakeWorld world;
  Loop loop(world);
  auto other = a_service("zoo").address("back", "10.1.0.99");
  loop.settle(desired_of({other, a_service("db")}));
  ASSERT_EQ(container(world, "db-1").endpoints[0].address.text(), "10.1.0.2");
  loop.settle(desired_of({a_service("zoo").address("back", "10.1.0.2"), a_service("db")}, 2));
  EXPECT_EQ(container(world, "zoo-1").endpoints[0].address.text(), "10.1.0.2");
  EXPECT_EQ(container(world, "db-1").endpoints[0].address.text(), "10.1.0.3");
  EXPECT_THAT(world.violations, IsEmpty());
}

TEST(Life, HoldsOnlyThoseWhoNeedAPortThatIsTaken) {
  FakeWorld world;
  Loop loop(world);
  world.fail_next("reserve port 0.0.0.0:8080", 3, schemas::ErrorKind::Conflict);
  const auto desired = desired_of({a_service("web").port(8080, 80), a_service("db")});
  for (int turns = 0; turns < 3; ++turns) loop.turn(desired);
  EXPECT_THAT(judge(desired, world, loop, WaitFor::Started),
              HasSubstr("web-1: reserve port 0.0.0.0:8080/tcp: scripted failure"));
  loop.settle(desired);
  EXPECT_EQ(container(world, "web-1").state, ContainerState::Running);
  EXPECT_THAT(world.violations, IsEmpty());
}

TEST(Life, TakesAnotherSubnetWhenItLostTheRaceForOne) {
  FakeWorld world;
  Loop loop(world);
  world.fail_next("create network shop_back 10.89.0.0/24", 1, schemas::ErrorKind::Conflict);
  const auto desired = desired_of({a_service("web")});
  loop.turn(desired);
  world.state.taken_subnets = {*schemas::read_subnet("10.89.0.0/23")};
  const Instant before = world.now();
  loop.settle(desired);
  EXPECT_EQ(world.state.networks.begin()->second.subnet.text(), "10.89.2.0/24");
  EXPECT_LT(world.now() - before, 1s);
}

TEST(Life, StartsAgainWhatAnUpFindsStopping) {
  FakeWorld world;
  Loop loop(world);
  auto desired = desired_of({a_service("web")});
  loop.settle(desired);
  desired.goal = Goal::Stopped;
  loop.turn(desired);
  desired.goal = Goal::Running;
  desired.generation = 2;
  loop.settle(desired);
  EXPECT_EQ(container(world, "web-1").state, ContainerState::Running);
  EXPECT_THAT(world.violations, IsEmpty());
}

TEST(Life, KillsAProbeThatTakesTooLong) {
  FakeWorld world;
  Loop loop(world);
  world.program("shop-db-1").probe_takes = 24h;
  const auto desired = desired_of({a_service("db").health(1s, 2)});
  loop.live(desired, 2min);
  EXPECT_EQ(container(world, "db-1").health.state, schemas::Health::Unhealthy);
  EXPECT_EQ(container(world, "db-1").health.log.back().exit_code, -1);
  EXPECT_THAT(world.done, Not(Contains(StartsWith("kill shop-db-1"))));
}

}  // namespace
}  // namespace tests
