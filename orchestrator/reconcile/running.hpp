// Running: what a container that runs needs from time to time: its veths repaired, its health
// probed.
#pragma once

#include "orchestrator/reconcile/draft.hpp"

namespace orchestrator {

void repair(Draft& draft, const schemas::ContainerStatus& status);

}  // namespace orchestrator
