// The loop of a supervisor on a FakeWorld: look, decide, act, let time pass; for whole lives in
// milliseconds.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/execute/executor.hpp"
#include "orchestrator/execute/retry.hpp"
#include "orchestrator/reconcile/reconcile.hpp"
#include "tests/model/fake_world.hpp"

namespace tests {

// One supervisor: dies with its RetryBook, while the world lives on.
class Loop {
 public:
  explicit Loop(FakeWorld& world);

  // Looks and acts once; true when anything was done or tried.
  bool turn(const orchestrator::DesiredState& desired);

  // Until nothing is to be done and nothing happens by itself any more, or until a bound that no
  // honest project reaches. Probes of healthy containers do not count as something to wait for.
  enum class End { Settled, StillBusy };
  End settle(const orchestrator::DesiredState& desired);

  // For this long, whatever happens.
  void live(const orchestrator::DesiredState& desired, Duration duration);

  [[nodiscard]] const orchestrator::Plan& plan() const { return plan_; }

  std::vector<schemas::Event> events;

 private:
  // Lets time pass until there is a reason to look; false when there will be none before `limit`.
  bool wait(Instant limit);

  FakeWorld& world_;
  orchestrator::Executor executor_;
  orchestrator::RetryBook retries_;
  orchestrator::Plan plan_;
};

}  // namespace tests
