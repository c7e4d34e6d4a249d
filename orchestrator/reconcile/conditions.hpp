// Conditions: whether what a container depends on is there, will come, or will not come any more.
#pragma once

#include <map>
#include <string>

#include "orchestrator/reconcile/desired.hpp"
#include "orchestrator/reconcile/observed.hpp"

namespace orchestrator {

// What the plan in the making means for one container, seen by those who depend on it.
enum class Prospect : std::uint8_t {
  Steady,      // stays as it is observed
  Changing,    // is made, replaced or started anew
  Restarting,  // has run and will run again by its restart policy
  Failed,      // will not come to run, or not any more
};
using Prospects = std::map<schemas::ContainerName, Prospect>;

// A verdict with its words: "db-1 is healthy", "waits for db-1 to be healthy",
// "dependency failed to start: db-1 is unhealthy".
struct ConditionState {
  enum class Verdict : std::uint8_t { Satisfied, Waits, Failed };
  Verdict verdict{Verdict::Satisfied};
  std::string text;
};

// All dependencies of one container together: the worst verdict, with its words. The prospects of
// the dependencies must be known, so containers are decided in start_order().
[[nodiscard]] ConditionState dependencies_of(const DesiredContainer& container,
                                             const DesiredState& desired,
                                             const ObservedState& observed,
                                             const Prospects& prospects);

}  // namespace orchestrator
