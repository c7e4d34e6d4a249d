// Replacement: why a container that exists cannot stay, and must be made anew.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/reconcile/addresses.hpp"
#include "orchestrator/reconcile/desired.hpp"
#include "schemas/vocabulary/status.hpp"

namespace orchestrator {

// "config changed: limits.memory 64m -> 128m"; nothing when the container is as it is wanted.
[[nodiscard]] std::optional<std::string> reason_to_replace(const DesiredContainer& wanted,
                                                           const schemas::ContainerStatus& status,
                                                           const AddressPlan& addresses);

}  // namespace orchestrator
