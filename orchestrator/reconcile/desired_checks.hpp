// Checks of a DesiredState: what no machine could make true, said before anything is touched.
#pragma once

#include "orchestrator/reconcile/desired.hpp"

namespace orchestrator {

// Two containers cannot hold the same port of the host.
[[nodiscard]] schemas::Result<> check_ports(const DesiredState& desired);

// Nobody can wait for the health of a container that has no health check.
[[nodiscard]] schemas::Result<> check_conditions(const DesiredState& desired);

}  // namespace orchestrator
