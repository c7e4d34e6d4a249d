// The order among containers: dependencies before dependents, names where nothing else decides.
#pragma once

#include <map>
#include <vector>

#include "orchestrator/reconcile/desired.hpp"
#include "orchestrator/reconcile/observed.hpp"

namespace orchestrator {

// Every desired container once, each after all that it depends on. Members of a cycle (the Spec's
// checks refuse cycles) come last, by name.
[[nodiscard]] std::vector<schemas::ContainerName> start_order(const DesiredState& desired);

// Observed containers by what they depend on: those who stop before it. Containers that are not
// desired any more depend as their labels say. Never a cycle: a dependency that closes one is left
// out.
using Dependents = std::map<schemas::ContainerName, std::vector<schemas::ContainerName>>;
[[nodiscard]] Dependents stop_dependents(const DesiredState& desired,
                                         const ObservedState& observed);

}  // namespace orchestrator
