// The firewall that desired networks, addresses and published ports ask for.
#pragma once

#include "orchestrator/reconcile/addresses.hpp"
#include "orchestrator/reconcile/desired.hpp"
#include "schemas/vocabulary/config/firewall_config.hpp"

namespace orchestrator {

// Covers every desired container, running or not, so that starts and exits do not change it. Empty
// when nothing is bridged.
[[nodiscard]] schemas::FirewallConfig firewall_config(const DesiredState& desired,
                                                      const AddressPlan& addresses);

}  // namespace orchestrator
