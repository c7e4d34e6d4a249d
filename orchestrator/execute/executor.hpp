// Executor: performs the steps of a plan in order and tells what happened. It decides nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/execute/world.hpp"
#include "orchestrator/reconcile/plan.hpp"
#include "schemas/vocabulary/event.hpp"

namespace orchestrator {

// Receives every event; puts the time on it (the executor has no clock).
using TellEvent = std::function<void(schemas::Event)>;

struct StepFailure {
  Action action;
  schemas::Error error;
};

// What became of one plan.
struct RunOutcome {
  std::vector<Action> done;
  std::vector<StepFailure> failures;
};

class Executor {
 public:
  Executor(World& world, TellEvent sink, schemas::ProjectName project)
      : world_(world), sink_(std::move(sink)), project_(std::move(project)) {}

  // Performs steps and probes. A step is skipped when an earlier step of its subject, or of a
  // subject that it needs, failed. Emits Step and Failed events, and Held where a reason is new.
  RunOutcome run(const Plan& plan);

 private:
  enum class Performed : std::uint8_t { Yes, No };
  Performed perform(const Step& step, RunOutcome& outcome);
  void note(const Step& step, const schemas::Result<schemas::Change>& change, RunOutcome& outcome);
  void tell_held(const Plan& plan);

  World& world_;
  TellEvent sink_;
  schemas::ProjectName project_;
  std::map<schemas::ContainerName, std::string> told_;  // the last reason told for who is held
};

}  // namespace orchestrator
