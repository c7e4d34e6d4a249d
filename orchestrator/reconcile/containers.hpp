// Containers: what each desired container needs next: creation, a start, a restart, repair, a
// probe.
#pragma once

#include "orchestrator/reconcile/draft.hpp"

namespace orchestrator {

// Decides every desired container, dependencies first; after the endings.
void decide_containers(Draft& draft);

}  // namespace orchestrator
