// The firewall's sets, gathered from networks, endpoints and published ports.
#include "orchestrator/reconcile/firewall.hpp"

#include <algorithm>

#include "orchestrator/reconcile/teardown.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerConfig;
using schemas::EndpointConfig;
using schemas::EndpointStatus;
using schemas::FirewallConfig;
using schemas::NetworkConfig;
using schemas::NetworkName;
using schemas::Subnet;

struct Networks {
  std::map<NetworkName, NetworkConfig> configs;
  std::map<NetworkName, Subnet> subnets;
};

// The desired networks, and those of before that orphans may still use.
Networks all_networks(const DesiredState& desired, const ObservedState& observed,
                      const AddressPlan& addresses) {
  Networks networks{.configs = desired.networks, .subnets = addresses.subnets};
  for (const schemas::ContainerName& orphan : orphans(desired, observed)) {
    for (const EndpointStatus& endpoint : observed.containers.at(orphan).endpoints) {
      const auto found = observed.networks.find(endpoint.network);
      if (found == observed.networks.end()) continue;
      networks.configs.try_emplace(endpoint.network, found->second.config);
      networks.subnets.try_emplace(endpoint.network, found->second.subnet);
    }
  }
  return networks;
}

void add_container(const ContainerConfig& config, const std::vector<EndpointStatus>& endpoints,
                   const DesiredState& desired, const Networks& networks,
                   FirewallConfig& firewall) {
  const EndpointConfig* outward = outward_endpoint(config, networks.configs);
  for (const EndpointStatus& endpoint : endpoints) {
    if (!networks.subnets.contains(endpoint.network)) continue;
    firewall.members.push_back(
        {.address = endpoint.address, .bridge = desired.names.bridge(endpoint.network)});
    if (outward == nullptr || outward->network != endpoint.network) continue;
    for (const schemas::PublishedPort& port : config.ports) {
      firewall.ports.push_back({.port = port, .container = endpoint.address});
    }
  }
}

}  // namespace

const EndpointConfig* outward_endpoint(const ContainerConfig& config,
                                       const std::map<NetworkName, NetworkConfig>& networks) {
  const EndpointConfig* best = nullptr;
  for (const EndpointConfig& endpoint : config.endpoints) {
    const auto network = networks.find(endpoint.network);
    if (network == networks.end() || network->second.reach == schemas::Reach::Internal) continue;
    if (best == nullptr || endpoint.gateway_priority > best->gateway_priority) best = &endpoint;
  }
  return best;
}

FirewallConfig firewall_config(const DesiredState& desired, const ObservedState& observed,
                               const AddressPlan& addresses) {
  const Networks networks = all_networks(desired, observed, addresses);
  FirewallConfig firewall;
  for (const auto& [name, subnet] : networks.subnets) {
    firewall.networks.push_back({.bridge = desired.names.bridge(name),
                                 .subnet = subnet,
                                 .reach = networks.configs.at(name).reach});
  }
  for (const auto& [name, endpoints] : addresses.endpoints) {
    add_container(desired.containers.at(name).config, endpoints, desired, networks, firewall);
  }
  for (const schemas::ContainerName& orphan : orphans(desired, observed)) {
    const schemas::ContainerStatus& status = observed.containers.at(orphan);
    add_container(status.config, status.endpoints, desired, networks, firewall);
  }
  std::sort(firewall.networks.begin(), firewall.networks.end());
  std::sort(firewall.members.begin(), firewall.members.end());
  std::sort(firewall.ports.begin(), firewall.ports.end());
  return firewall;
}

}  // namespace orchestrator
