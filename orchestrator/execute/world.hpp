// World: everything outside this process that a plan can see or change, as one small interface.
#pragma once

#include <vector>

#include "orchestrator/reconcile/action.hpp"
#include "orchestrator/reconcile/observed.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

// This machine (KernelWorld) or a map in memory (FakeWorld). Single-threaded; no call waits.
class World {
 public:
  virtual ~World() = default;

  // What is there now; the world's own, valid until the next call. Cheap when nothing changed:
  // implementations keep it up to date.
  virtual schemas::Result<const ObservedState*> observe() = 0;

  // Does one action. What takes long is begun here and seen to end by observe().
  virtual schemas::Result<schemas::Change> perform(const Action& action) = 0;
};

}  // namespace orchestrator
