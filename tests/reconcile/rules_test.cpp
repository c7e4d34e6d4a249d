// The small rules: restarts, probes, order, signals, names, words.
#include <gmock/gmock.h>

#include "orchestrator/reconcile/health.hpp"
#include "orchestrator/reconcile/order.hpp"
#include "orchestrator/reconcile/plan.hpp"
#include "orchestrator/reconcile/restart.hpp"
#include "orchestrator/reconcile/service_table.hpp"
#include "orchestrator/reconcile/signals.hpp"

namespace {

using namespace orchestrator;
using namespace std::chrono_literals;
using schemas::ContainerName;
using schemas::ContainerState;
using schemas::Health;
using schemas::Instant;
using schemas::RestartMode;
using testing::ElementsAre;

constexpr Instant kStart{1h};

schemas::ContainerStatus exited(int code, schemas::Duration ran = 1s) {
  schemas::ContainerStatus status;
  status.state = ContainerState::Exited;
  status.exit = schemas::ExitStatus{.code = code};
  status.started = kStart;
  status.finished = kStart + ran;
  return status;
}

TEST(Restart, WaitsAHundredMillisecondsAtFirst) {
  const auto restart = next_restart({.mode = RestartMode::Always}, exited(1));
  ASSERT_TRUE(restart);
  EXPECT_EQ(restart->at, kStart + 1s + 100ms);
  EXPECT_EQ(restart->count, 1U);
}

TEST(Restart, DoublesTheWaitOfTheLastOne) {
  auto status = exited(1);
  status.backoff = 100ms;
  status.restart_count = 1;
  const auto restart = next_restart({.mode = RestartMode::Always}, status);
  ASSERT_TRUE(restart);
  EXPECT_EQ(restart->reason, "exited with code 1, restart policy always, attempt 2 after 200ms");
}

TEST(Restart, NeverWaitsLongerThanAMinute) {
  auto status = exited(1);
  status.backoff = 50s;
  EXPECT_EQ(next_restart({.mode = RestartMode::Always}, status)->backoff, 60s);
}

TEST(Restart, ForgivesAfterARunOfTenSeconds) {
  auto status = exited(1, 10s);
  status.backoff = 50s;
  EXPECT_EQ(next_restart({.mode = RestartMode::Always}, status)->backoff, 100ms);
}

TEST(Restart, OnFailureLeavesASuccessAlone) {
  EXPECT_FALSE(next_restart({.mode = RestartMode::OnFailure}, exited(0)));
  EXPECT_TRUE(next_restart({.mode = RestartMode::OnFailure}, exited(1)));
}

TEST(Restart, OnFailureCountsItsAttempts) {
  auto status = exited(1);
  status.restart_count = 3;
  EXPECT_FALSE(next_restart({RestartMode::OnFailure, 3}, status));
  EXPECT_TRUE(next_restart({RestartMode::OnFailure, 4}, status));
}

TEST(Restart, LeavesAloneWhatWeStopped) {
  auto status = exited(143);
  status.stop_wanted = true;
  EXPECT_FALSE(next_restart({.mode = RestartMode::Always}, status));
}

TEST(Restart, DoesNotWaitAfterAnExitThatNobodySaw) {
  auto status = exited(255);
  status.exit->known = false;
  EXPECT_EQ(next_restart({.mode = RestartMode::Always}, status)->at, Instant{});
}

schemas::ProbeResult probe(schemas::Duration after, int code) {
  return {.started = kStart + after, .ended = kStart + after, .exit_code = code, .output = {}};
}

TEST(Health, BecomesUnhealthyAfterAsManyFailuresAsRetries) {
  const schemas::HealthConfig config{.command = {"check"}, .retries = 2};
  auto health = after_probe(first_health(config), config, probe(1s, 1), kStart);
  EXPECT_EQ(health.state, Health::Starting);
  health = after_probe(health, config, probe(2s, 1), kStart);
  EXPECT_EQ(health.state, Health::Unhealthy);
}

TEST(Health, OneSuccessMakesItHealthyAgain) {
  const schemas::HealthConfig config{.command = {"check"}, .retries = 1};
  auto health = after_probe(first_health(config), config, probe(1s, 1), kStart);
  health = after_probe(health, config, probe(2s, 0), kStart);
  EXPECT_EQ(health.state, Health::Healthy);
  EXPECT_EQ(health.failing_streak, 0U);
}

TEST(Health, DoesNotCountFailuresOfProbesBegunInTheStartPeriod) {
  const schemas::HealthConfig config{.command = {"check"}, .start_period = 10s, .retries = 1};
  auto health = after_probe(first_health(config), config, probe(9s, 1), kStart);
  EXPECT_EQ(health.state, Health::Starting);
  EXPECT_EQ(health.failing_streak, 0U);
  EXPECT_EQ(after_probe(health, config, probe(10s, 1), kStart).state, Health::Unhealthy);
}

TEST(Health, CountsFailuresInTheStartPeriodOnceItWasHealthy) {
  const schemas::HealthConfig config{.command = {"check"}, .start_period = 10s, .retries = 1};
  auto health = after_probe(first_health(config), config, probe(1s, 0), kStart);
  EXPECT_EQ(after_probe(health, config, probe(2s, 1), kStart).state, Health::Unhealthy);
}

TEST(Health, KeepsTheLastFiveResults) {
  const schemas::HealthConfig config{.command = {"check"}};
  auto health = first_health(config);
  for (int second = 1; second <= 7; ++second) {
    health = after_probe(health, config, probe(std::chrono::seconds{second}, 0), kStart);
  }
  ASSERT_EQ(health.log.size(), 5U);
  EXPECT_EQ(health.log.front().started, kStart + 3s);
}

TEST(Health, ProbesFirstAfterOneInterval) {
  const schemas::HealthConfig config{.command = {"check"}, .interval = 30s};
  EXPECT_EQ(next_probe(first_health(config), config, kStart),
            (ProbeDue{ProbeMove::Start, kStart + 30s}));
}

TEST(Health, ProbesSoonerInTheStartPeriod) {
  const schemas::HealthConfig config{
      .command = {"check"}, .interval = 30s, .start_period = 1min, .start_interval = 2s};
  EXPECT_EQ(next_probe(first_health(config), config, kStart).at, kStart + 2s);
  const auto healthy = after_probe(first_health(config), config, probe(2s, 0), kStart);
  EXPECT_EQ(next_probe(healthy, config, kStart).at, kStart + 32s);
}

TEST(Health, EndsAProbeWhoseTimeoutIsOver) {
  const schemas::HealthConfig config{.command = {"check"}, .timeout = 5s};
  auto health = first_health(config);
  health.probe_started = kStart + 1s;
  EXPECT_EQ(next_probe(health, config, kStart), (ProbeDue{ProbeMove::Kill, kStart + 6s}));
}

TEST(Order, PutsDependenciesFirstAndNamesAfter) {
  DesiredState desired;
  for (const char* name : {"a", "b", "c", "d"}) {
    desired.containers[ContainerName(name)].config.name = ContainerName(name);
  }
  desired.containers[ContainerName("a")].dependencies = {{.container = ContainerName("d")}};
  desired.containers[ContainerName("d")].dependencies = {{.container = ContainerName("c")}};
  EXPECT_THAT(start_order(desired), ElementsAre(ContainerName("b"), ContainerName("c"),
                                                ContainerName("d"), ContainerName("a")));
}

TEST(Order, LosesNobodyInACycle) {
  DesiredState desired;
  desired.containers[ContainerName("a")].dependencies = {{.container = ContainerName("b")}};
  desired.containers[ContainerName("b")].dependencies = {{.container = ContainerName("a")}};
  EXPECT_EQ(start_order(desired).size(), 2U);
}

TEST(Signals, ReadsNamesNumbersAndRealTimeOnes) {
  EXPECT_EQ(*read_signal("SIGTERM"), 15);
  EXPECT_EQ(*read_signal("quit"), 3);
  EXPECT_EQ(*read_signal("9"), 9);
  EXPECT_EQ(*read_signal("SIGRTMIN+3"), 37);
  EXPECT_EQ(*read_signal("RTMAX-14"), 50);
  for (const char* wrong : {"", "SIGNOPE", "0", "65", "RTMIN-1", "RTMIN+99", "RTMIN+"}) {
    EXPECT_FALSE(read_signal(wrong)) << wrong;
  }
}

TEST(Plan, AlignsItsReasons) {
  Plan plan;
  plan.steps = {
      {.action = StartContainer{.container = ContainerName("shop-db-1")}, .reason = "created"},
      {.action = StopContainer{.container = ContainerName("shop-cache-1")},
       .reason = "config changed"}};
  plan.held = {{.container = ContainerName("shop-web-1"), .reason = "waits"}};
  EXPECT_EQ(describe(plan, schemas::ProjectName("shop")),
            "start db-1                created\n"
            "stop cache-1 (grace 10s)  config changed\n"
            "held web-1                waits\n");
}

TEST(ServiceTable, NamesOnlyWhatRunsInLowerCase) {
  ObservedState observed;
  schemas::ContainerStatus status;
  status.state = ContainerState::Running;
  status.config.name = ContainerName("shop-web-1");
  status.config.hostname = "WEB";
  status.config.endpoints = {
      {.network = schemas::NetworkName("back"), .aliases = {"web", "www"}, .address = {}}};
  status.endpoints = {{.network = schemas::NetworkName("back"), .address = {7}, .attached = true}};
  observed.containers[status.config.name] = status;
  status.config.name = ContainerName("shop-db-1");
  status.state = ContainerState::Exited;
  observed.containers[status.config.name] = status;
  const auto table = service_table(observed);
  ASSERT_EQ(table.size(), 1U);
  EXPECT_THAT(table[0].names, ElementsAre("shop-web-1", "web", "www"));
  EXPECT_EQ(table[0].address.bits, 7U);
}

}  // namespace
