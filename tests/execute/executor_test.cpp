// Executor and RetryBook: failures stay with those that needed the step, and are tried again later.
#include "orchestrator/execute/executor.hpp"

#include <gmock/gmock.h>

#include "orchestrator/execute/retry.hpp"
#include "tests/model/fake_world.hpp"

namespace tests {
namespace {

using namespace orchestrator;
using schemas::EventKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Stage {
  FakeWorld world;
  std::vector<schemas::Event> events;
  Executor executor{world, [this](schemas::Event event) { events.push_back(std::move(event)); },
                    schemas::ProjectName("shop")};
};

schemas::VolumeConfig a_volume(const std::string& name) {
  return {.name = schemas::VolumeName(name)};
}

Plan plan_of(std::vector<Step> steps) {
  Plan plan;
  plan.steps = std::move(steps);
  return plan;
}

Step create_volume(const std::string& name, std::vector<std::string> needs = {}) {
  return {.action = CreateVolume{a_volume(name)}, .reason = "not there yet", .needs = needs};
}

StartContainer a_start(const std::string& name) {
  return {.container = schemas::ContainerName(name)};
}

TEST(Executor, PerformsStepsInOrderAndTellsEach) {
  Stage stage;
  stage.executor.run(plan_of({create_volume("a"), create_volume("b")}));
  EXPECT_THAT(stage.world.done, ElementsAre("create volume a", "create volume b"));
  ASSERT_EQ(stage.events.size(), 2U);
  EXPECT_EQ(stage.events[0].text, "create volume a");
  EXPECT_EQ(stage.events[0].reason, "not there yet");
}

TEST(Executor, SkipsWhatNeedsAFailedStepAndDoesTheRest) {
  Stage stage;
  stage.world.fail_next("create volume a", 1);
  const RunOutcome outcome =
      stage.executor.run(plan_of({create_volume("a"), create_volume("b", {"a"}),
                                  create_volume("c", {"b"}), create_volume("d")}));
  EXPECT_THAT(stage.world.done, ElementsAre("create volume d"));
  ASSERT_EQ(outcome.failures.size(), 1U);
  EXPECT_EQ(stage.events.front().kind, EventKind::Failed);
  EXPECT_THAT(stage.events.front().text, HasSubstr("scripted failure"));
}

TEST(Executor, SkipsLaterStepsOfTheSameSubject) {
  Stage stage;
  stage.world.fail_next("discard volume a", 1);
  stage.executor.run(plan_of(
      {{.action = DiscardVolume{schemas::VolumeName("a")}, .reason = ""}, create_volume("a")}));
  EXPECT_THAT(stage.world.done, IsEmpty());
}

TEST(Executor, TellsAHeldContainerOnlyWhenItsReasonIsNew) {
  Stage stage;
  Plan plan;
  plan.held = {{.container = schemas::ContainerName("shop-web-1"), .reason = "waits for db-1"}};
  stage.executor.run(plan);
  stage.executor.run(plan);
  plan.held[0].reason = "waits for cache-1";
  stage.executor.run(plan);
  ASSERT_EQ(stage.events.size(), 2U);
  EXPECT_EQ(stage.events[0].text, "held web-1");
  EXPECT_EQ(stage.events[1].reason, "waits for cache-1");
}

TEST(RetryBook, DoublesTheWaitUpToHalfAMinute) {
  Stage stage;
  RetryBook book;
  stage.world.fail_next("create volume", 100);
  const Plan plan = plan_of({create_volume("a")});
  std::vector<std::chrono::seconds> waits;
  for (int round = 0; round < 7; ++round) {
    book.record(stage.executor.run(book.allow(plan, stage.world.now())), stage.world.now());
    const Plan allowed = book.allow(plan, stage.world.now());
    EXPECT_THAT(allowed.steps, IsEmpty());
    ASSERT_TRUE(allowed.look_again);
    waits.push_back(
        std::chrono::duration_cast<std::chrono::seconds>(*allowed.look_again - stage.world.now()));
    stage.world.advance_to(*allowed.look_again);
  }
  using namespace std::chrono_literals;
  EXPECT_THAT(waits, ElementsAre(1s, 2s, 4s, 8s, 16s, 30s, 30s));
}

TEST(RetryBook, HoldsTheContainerWhoseStepMustWaitWithTheError) {
  Stage stage;
  RetryBook book;
  const schemas::PublishedPort port{.host_address = {}, .host_port = 80, .container_port = 80};
  stage.world.fail_next("reserve port", 1, schemas::ErrorKind::Conflict);
  const Plan plan = plan_of(
      {{.action = ReservePort{port}, .reason = ""},
       {.action = a_start("shop-web-1"), .reason = "", .needs = {subject_of(ReservePort{port})}},
       create_volume("other")});
  book.record(stage.executor.run(plan), stage.world.now());
  const Plan allowed = book.allow(plan, stage.world.now());
  ASSERT_EQ(allowed.steps.size(), 1U);
  ASSERT_EQ(allowed.held.size(), 1U);
  EXPECT_TRUE(allowed.held[0].failed);
  EXPECT_EQ(allowed.held[0].reason,
            "reserve port 0.0.0.0:80/tcp: scripted failure; try 2 follows after 1s");
}

TEST(RetryBook, TriesALostRaceForASubnetAgainAtOnce) {
  Stage stage;
  RetryBook book;
  stage.world.fail_next("create network", 1, schemas::ErrorKind::Conflict);
  const Plan plan = plan_of({{.action = CreateNetwork{}, .reason = ""}});
  book.record(stage.executor.run(plan), stage.world.now());
  EXPECT_EQ(book.allow(plan, stage.world.now()).steps.size(), 1U);
}

TEST(RetryBook, ForgetsASubjectThatSucceeded) {
  Stage stage;
  RetryBook book;
  stage.world.fail_next("create volume", 1);
  const Plan plan = plan_of({create_volume("a")});
  book.record(stage.executor.run(plan), stage.world.now());
  stage.world.advance(std::chrono::seconds{1});
  book.record(stage.executor.run(book.allow(plan, stage.world.now())), stage.world.now());
  EXPECT_EQ(book.allow(plan, stage.world.now()).steps.size(), 1U);
  EXPECT_THAT(stage.world.done, ElementsAre("create volume a"));
}

TEST(RetryBook, LetsAFailingProbeNotHoldUpItsContainer) {
  Stage stage;
  RetryBook book;
  const schemas::ContainerName web("shop-web-1");
  RunOutcome outcome;
  outcome.failures.push_back(
      {.action = StartProbe{web}, .error = schemas::Error(schemas::ErrorKind::Failed, "no exec")});
  book.record(outcome, stage.world.now());
  Plan plan = plan_of({{.action = StopContainer{web}, .reason = ""}});
  plan.probes = {{.action = StartProbe{web}, .reason = ""}};
  const Plan allowed = book.allow(plan, stage.world.now());
  EXPECT_EQ(allowed.steps.size(), 1U);
  EXPECT_THAT(allowed.probes, IsEmpty());
}

}  // namespace
}  // namespace tests
