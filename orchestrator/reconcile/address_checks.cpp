// What no machine could make true of the addresses that a project asks for.
#include <map>

#include <fmt/format.h>

#include "orchestrator/reconcile/addresses.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerName;
using schemas::EndpointConfig;
using schemas::ErrorKind;
using schemas::fail;
using schemas::Ipv4Address;
using schemas::NetworkConfig;
using schemas::NetworkName;
using schemas::Result;
using schemas::Subnet;

constexpr std::uint8_t kLongestPrefix = 30;  // a gateway and one container

Result<> check_network(const NetworkConfig& network) {
  if (!network.subnet) {
    if (!network.gateway) return {};
    return fail(ErrorKind::Invalid, "network {}: gateway {} needs a subnet beside it", network.name,
                network.gateway->text());
  }
  if (network.subnet->prefix > kLongestPrefix) {
    return fail(ErrorKind::Invalid, "network {}: subnet {} is too small: /{} or wider is needed",
                network.name, network.subnet->text(), kLongestPrefix);
  }
  if (network.gateway && !network.subnet->contains(*network.gateway)) {
    return fail(ErrorKind::Invalid, "network {}: gateway {} is not in its subnet {}", network.name,
                network.gateway->text(), network.subnet->text());
  }
  return {};
}

Result<> check_overlaps(const DesiredState& desired) {
  for (auto left = desired.networks.begin(); left != desired.networks.end(); ++left) {
    if (!left->second.subnet) continue;
    for (auto right = std::next(left); right != desired.networks.end(); ++right) {
      if (!right->second.subnet || !left->second.subnet->overlaps(*right->second.subnet)) continue;
      return fail(ErrorKind::Invalid, "networks {} ({}) and {} ({}) overlap: choose other subnets",
                  left->first, left->second.subnet->text(), right->first,
                  right->second.subnet->text());
    }
  }
  return {};
}

Result<> check_fixed(const DesiredContainer& container, const NetworkConfig& network,
                     Ipv4Address address) {
  if (!network.subnet) {
    return fail(ErrorKind::Invalid,
                "service {}: ipv4_address {} needs a network with a subnet of its own: give {} one "
                "under ipam.config",
                container.service, address.text(), network.name);
  }
  const Subnet& subnet = *network.subnet;
  if (!subnet.contains(address)) {
    return fail(ErrorKind::Invalid,
                "service {}: ipv4_address {} is not in the subnet {} of network {}",
                container.service, address.text(), subnet.text(), network.name);
  }
  if (address == subnet.base || address == subnet.broadcast() ||
      address == gateway_of(network, subnet)) {
    return fail(ErrorKind::Invalid,
                "service {}: ipv4_address {} is the network's own (its gateway, first or last): "
                "choose another of {}",
                container.service, address.text(), subnet.text());
  }
  return {};
}

}  // namespace

Result<> check_addresses(const DesiredState& desired) {
  for (const auto& [name, network] : desired.networks) {
    if (auto checked = check_network(network); !checked) return checked;
  }
  if (auto checked = check_overlaps(desired); !checked) return checked;
  std::map<std::pair<NetworkName, Ipv4Address>, ContainerName> owners;
  for (const auto& [name, container] : desired.containers) {
    for (const EndpointConfig& endpoint : container.config.endpoints) {
      const auto network = desired.networks.find(endpoint.network);
      if (!endpoint.address || network == desired.networks.end()) continue;
      if (auto checked = check_fixed(container, network->second, *endpoint.address); !checked) {
        return checked;
      }
      const auto [owner, fresh] = owners.try_emplace({endpoint.network, *endpoint.address}, name);
      if (!fresh) {
        return fail(ErrorKind::Invalid,
                    "containers {} and {} cannot both have the address {} in network {}",
                    owner->second, name, endpoint.address->text(), endpoint.network);
      }
    }
  }
  return {};
}

}  // namespace orchestrator
