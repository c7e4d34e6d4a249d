// Foundations: in the order in which one stands on the other.
#include "orchestrator/reconcile/foundations.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "orchestrator/reconcile/firewall.hpp"
#include "orchestrator/reconcile/teardown.hpp"

namespace orchestrator {
namespace {

using schemas::FirewallConfig;
using schemas::NetworkConfig;
using schemas::NetworkName;
using schemas::NetworkStatus;
using schemas::PublishedPort;

std::set<PublishedPort> wanted_ports(const Draft& draft) {
  std::set<PublishedPort> ports;
  for (const auto& [name, container] : draft.desired.containers) {
    ports.insert(container.config.ports.begin(), container.config.ports.end());
  }
  for (const schemas::ContainerName& orphan : orphans(draft.desired, draft.observed)) {
    const auto& config = draft.observed.containers.at(orphan).config;
    ports.insert(config.ports.begin(), config.ports.end());
  }
  return ports;
}

void release_ports(Draft& draft, const std::set<PublishedPort>& wanted) {
  for (const PublishedPort& port : draft.observed.reserved_ports) {
    if (wanted.contains(port)) continue;
    draft.foundations.push_back(
        {.action = ReleasePort{port}, .reason = "nobody publishes it any more"});
  }
}

void reserve_ports(Draft& draft, const std::set<PublishedPort>& wanted) {
  const auto& reserved = draft.observed.reserved_ports;
  for (const PublishedPort& port : wanted) {
    if (std::find(reserved.begin(), reserved.end(), port) != reserved.end()) continue;
    draft.foundations.push_back({.action = ReservePort{port}, .reason = "is to be published"});
  }
}

// Needs the containers that this very plan discards: the kernel keeps a network that is in use.
Step discard_network(const Draft& draft, const NetworkName& network, std::string reason) {
  Step step{.action = DiscardNetwork{network}, .reason = std::move(reason)};
  for (const schemas::ContainerName& name : draft.discarded) step.needs.push_back(name.text);
  return step;
}

void discard_networks(Draft& draft) {
  for (const auto& [name, status] : draft.observed.networks) {
    if (draft.desired.networks.contains(name) || !remaining_in(draft, name).empty()) continue;
    draft.foundations.push_back(discard_network(draft, name, "no service is in it any more"));
  }
}

void create_network(Draft& draft, const NetworkConfig& config, std::string reason) {
  const auto subnet = draft.addresses.subnets.find(config.name);
  if (subnet == draft.addresses.subnets.end()) return;
  draft.foundations.push_back(
      {.action = CreateNetwork{config, subnet->second}, .reason = std::move(reason)});
}

void make_networks(Draft& draft) {
  for (const auto& [name, config] : draft.desired.networks) {
    const auto found = draft.observed.networks.find(name);
    if (found == draft.observed.networks.end()) {
      create_network(draft, config, "not there yet");
      continue;
    }
    const auto replaced = draft.addresses.replaced.find(name);
    if (replaced != draft.addresses.replaced.end() && !draft.blocked_networks.contains(name)) {
      draft.foundations.push_back(discard_network(draft, name, replaced->second));
      create_network(draft, config, "replaces the old one");
    } else if (replaced == draft.addresses.replaced.end() && !found->second.bridge_up) {
      create_network(draft, config, "bridge is gone");
    }
  }
}

void make_volumes(Draft& draft) {
  for (const auto& [name, config] : draft.desired.volumes) {
    if (draft.observed.volumes.contains(name)) continue;
    draft.foundations.push_back({.action = CreateVolume{config}, .reason = "not there yet"});
  }
  draft.foundations.insert(draft.foundations.end(), std::make_move_iterator(draft.fills.begin()),
                           std::make_move_iterator(draft.fills.end()));
}

std::string firewall_reason(const ObservedState& observed) {
  if (observed.firewall.fingerprint.empty()) {
    return observed.containers.empty() ? "not there yet" : "table is not there";
  }
  return observed.firewall.intact ? "networks, addresses or ports changed"
                                  : "table was changed by somebody else";
}

void make_firewall(Draft& draft) {
  // A network that waits for its replacement still has its old members: change both at once.
  if (!draft.blocked_networks.empty() && draft.observed.firewall.intact) return;
  const FirewallConfig config = firewall_config(draft.desired, draft.observed, draft.addresses);
  const FirewallStatus& status = draft.observed.firewall;
  if (config == FirewallConfig{}) {
    if (!status.fingerprint.empty()) {
      draft.foundations.push_back({.action = WithdrawFirewall{}, .reason = "nothing is bridged"});
    }
    return;
  }
  if (status.intact && status.fingerprint == fingerprint(config)) return;
  Step step{.action = ApplyFirewall{config}, .reason = firewall_reason(draft.observed)};
  for (const auto& [name, subnet] : draft.addresses.subnets) step.needs.push_back(name.text);
  draft.foundations.push_back(std::move(step));
}

}  // namespace

void find_blocked_networks(Draft& draft) {
  for (const auto& [name, reason] : draft.addresses.replaced) {
    if (!remaining_in(draft, name).empty()) draft.blocked_networks.insert(name);
  }
}

void lay_foundations(Draft& draft) {
  const std::set<PublishedPort> ports = wanted_ports(draft);
  release_ports(draft, ports);
  discard_networks(draft);
  make_networks(draft);
  make_volumes(draft);
  reserve_ports(draft, ports);
  make_firewall(draft);
}

}  // namespace orchestrator
