// Foundations: the networks, volumes, ports and the firewall that containers stand on.
#pragma once

#include "orchestrator/reconcile/draft.hpp"

namespace orchestrator {

// Finds the networks that cannot be replaced yet; before containers are decided, after the endings.
void find_blocked_networks(Draft& draft);

// Adds all their steps: what goes first, then what comes, draft.fills among it.
void lay_foundations(Draft& draft);

}  // namespace orchestrator
