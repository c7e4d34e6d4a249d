// The loop: the same order of calls as the supervisor's.
#include "tests/model/settle.hpp"

#include <algorithm>

namespace tests {

using namespace orchestrator;

namespace {

constexpr int kMostTurns = 3000;

// Only health probes of containers whose health is known keep the world going.
bool is_quiet(const FakeWorld& world) {
  return std::all_of(world.state.containers.begin(), world.state.containers.end(),
                     [](const auto& entry) {
                       const auto& status = entry.second;
                       const bool probed = status.state == schemas::ContainerState::Running &&
                                           status.health.state == schemas::Health::Starting;
                       return !probed && status.state != schemas::ContainerState::Starting;
                     });
}

}  // namespace

Loop::Loop(FakeWorld& world)
    : world_(world),
      executor_(
          world, [this](schemas::Event event) { events.push_back(std::move(event)); },
          schemas::ProjectName("shop")) {}

bool Loop::turn(const DesiredState& desired) {
  const auto observed = world_.observe();
  plan_ = retries_.allow(reconcile(desired, **observed, world_.now()), world_.now());
  const RunOutcome outcome = executor_.run(plan_);
  retries_.record(outcome, world_.now());
  return !outcome.done.empty() || !outcome.failures.empty();
}

Loop::End Loop::settle(const DesiredState& desired) {
  for (int turns = 0; turns < kMostTurns; ++turns) {
    if (turn(desired)) continue;
    if (plan_.empty() && is_quiet(world_)) return End::Settled;
    if (!wait(world_.now() + std::chrono::hours{24})) return End::Settled;
  }
  return End::StillBusy;
}

void Loop::live(const DesiredState& desired, Duration duration) {
  const Instant end = world_.now() + duration;
  while (world_.now() < end) {
    if (turn(desired)) continue;
    if (!wait(end)) world_.advance_to(end);
  }
}

bool Loop::wait(Instant limit) {
  std::optional<Instant> next = world_.next_event();
  if (plan_.look_again) next = next ? std::min(*next, *plan_.look_again) : *plan_.look_again;
  if (!next || *next > limit) return false;
  world_.advance_to(*next);
  return true;
}

}  // namespace tests
