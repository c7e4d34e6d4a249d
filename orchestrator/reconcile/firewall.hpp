// The firewall that desired networks, addresses and published ports ask for.
#pragma once

#include "orchestrator/reconcile/addresses.hpp"
#include "orchestrator/reconcile/desired.hpp"
#include "schemas/vocabulary/config/firewall_config.hpp"

namespace orchestrator {

// Covers every desired container, running or not, so that starts and exits do not change it, and
// the orphans as they are. Empty when nothing is bridged.
[[nodiscard]] schemas::FirewallConfig firewall_config(const DesiredState& desired,
                                                      const ObservedState& observed,
                                                      const AddressPlan& addresses);

// The endpoint that published ports lead to: the one that gives the default route. None when every
// network of the container is internal.
[[nodiscard]] const schemas::EndpointConfig* outward_endpoint(
    const schemas::ContainerConfig& config,
    const std::map<schemas::NetworkName, schemas::NetworkConfig>& networks);

}  // namespace orchestrator
