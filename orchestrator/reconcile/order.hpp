// The order among containers: dependencies before dependents, names where nothing else decides.
#pragma once

#include <vector>

#include "orchestrator/reconcile/desired.hpp"

namespace orchestrator {

// Every desired container once, each after all that it depends on. Members of a cycle (the Spec's
// checks refuse cycles) come last, by name.
[[nodiscard]] std::vector<schemas::ContainerName> start_order(const DesiredState& desired);

}  // namespace orchestrator
