// Addresses: which subnet each network has and which address each endpoint, kept where there is
// one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "orchestrator/reconcile/desired.hpp"
#include "orchestrator/reconcile/observed.hpp"

namespace orchestrator {

// The answer for all networks and containers of the desired state at once.
struct AddressPlan {
  std::map<schemas::NetworkName, schemas::Subnet> subnets;
  std::map<schemas::NetworkName, std::string> replaced;  // networks that must be made anew, and why
  std::map<schemas::ContainerName, std::vector<schemas::EndpointStatus>> endpoints;
  std::map<schemas::ContainerName, std::string> refused;  // no address to be had, and why
};

// A subnet is the user's, else the observed one, else the first free /24 from 10.89.0.0 upward. An
// address is the user's, else the observed one, else the lowest free one above the gateway.
[[nodiscard]] AddressPlan plan_addresses(const DesiredState& desired,
                                         const ObservedState& observed);

// Refuses what cannot be: an address outside its network's subnet, taken twice, or fixed where the
// subnet is not; subnets of the project that overlap.
[[nodiscard]] schemas::Result<> check_addresses(const DesiredState& desired);

// The gateway of a network that has this subnet.
[[nodiscard]] schemas::Ipv4Address gateway_of(const schemas::NetworkConfig& network,
                                              const schemas::Subnet& subnet);

}  // namespace orchestrator
