// Addresses: keeps what is there, honours what is said, and gives the rest the lowest free one.
#include "orchestrator/reconcile/addresses.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

namespace orchestrator {
namespace {

using schemas::ContainerName;
using schemas::EndpointConfig;
using schemas::EndpointStatus;
using schemas::Ipv4Address;
using schemas::NetworkConfig;
using schemas::NetworkName;
using schemas::NetworkStatus;
using schemas::Subnet;

// 10.89.0.0/24 up to 10.255.255.0/24: more than forty thousand networks of 253 addresses.
constexpr Subnet kFirstOfPool{.base = {.bits = 0x0A590000U}, .prefix = 24};
constexpr Subnet kLastOfPool{.base = {.bits = 0x0AFFFF00U}, .prefix = 24};
constexpr std::uint32_t kPoolStep = 256;

std::string_view reach_text(schemas::Reach reach) {
  return reach == schemas::Reach::Internal ? "true" : "false";
}

std::string mtu_text(const NetworkConfig& config) {
  return config.mtu ? fmt::to_string(*config.mtu) : "default";
}

// Why an observed network cannot stay as it is; nothing when it can.
std::optional<std::string> reason_to_replace(const NetworkConfig& wanted,
                                             const NetworkStatus& status) {
  if (wanted.subnet && *wanted.subnet != status.subnet) {
    return fmt::format("subnet {} -> {}", status.subnet.text(), wanted.subnet->text());
  }
  const Ipv4Address before = gateway_of(status.config, status.subnet);
  const Ipv4Address after = gateway_of(wanted, status.subnet);
  if (before != after) return fmt::format("gateway {} -> {}", before.text(), after.text());
  if (wanted.reach != status.config.reach) {
    return fmt::format("internal {} -> {}", reach_text(status.config.reach),
                       reach_text(wanted.reach));
  }
  if (wanted.mtu != status.config.mtu) {
    return fmt::format("mtu {} -> {}", mtu_text(status.config), mtu_text(wanted));
  }
  return std::nullopt;
}

std::optional<Subnet> free_subnet(const std::vector<Subnet>& taken) {
  for (Subnet candidate = kFirstOfPool; candidate <= kLastOfPool;
       candidate.base.bits += kPoolStep) {
    const bool clashes = std::any_of(taken.begin(), taken.end(), [&](const Subnet& subnet) {
      return subnet.overlaps(candidate);
    });
    if (!clashes) return candidate;
  }
  return std::nullopt;
}

// Everything that a new subnet must stay clear of: other people's, and this project's own.
std::vector<Subnet> subnets_in_use(const DesiredState& desired, const ObservedState& observed) {
  std::vector<Subnet> used = observed.taken_subnets;
  for (const auto& [name, status] : observed.networks) used.push_back(status.subnet);
  for (const auto& [name, network] : desired.networks) {
    if (network.subnet) used.push_back(*network.subnet);
  }
  return used;
}

void plan_subnets(const DesiredState& desired, const ObservedState& observed, AddressPlan& plan) {
  std::vector<Subnet> used = subnets_in_use(desired, observed);
  for (const auto& [name, network] : desired.networks) {
    const auto found = observed.networks.find(name);
    if (found != observed.networks.end()) {
      if (auto reason = reason_to_replace(network, found->second)) plan.replaced[name] = *reason;
      plan.subnets[name] = network.subnet.value_or(found->second.subnet);
    } else if (network.subnet) {
      plan.subnets[name] = *network.subnet;
    } else if (const auto subnet = free_subnet(used)) {
      plan.subnets[name] = *subnet;
      used.push_back(*subnet);
    }
  }
}

// The addresses of one network while they are given out.
class AddressBook {
 public:
  AddressBook(const NetworkConfig& network, const Subnet& subnet)
      : subnet_(subnet), next_(subnet.base.bits + 1) {
    used_.insert(gateway_of(network, subnet));
  }

  // False when somebody has it already, or when it is no address for a container.
  bool claim(Ipv4Address address) {
    if (!subnet_.contains(address) || address == subnet_.base || address == subnet_.broadcast()) {
      return false;
    }
    return used_.insert(address).second;
  }

  std::optional<Ipv4Address> lowest_free() {
    for (; next_ < subnet_.broadcast().bits; ++next_) {
      if (claim(Ipv4Address{next_})) return Ipv4Address{next_};
    }
    return std::nullopt;
  }

 private:
  Subnet subnet_;
  std::uint32_t next_;
  std::set<Ipv4Address> used_;
};

using AddressBooks = std::map<NetworkName, AddressBook>;

AddressBooks open_books(const DesiredState& desired, const AddressPlan& plan) {
  AddressBooks books;
  for (const auto& [name, subnet] : plan.subnets) {
    books.emplace(name, AddressBook(desired.networks.at(name), subnet));
  }
  return books;
}

std::optional<Ipv4Address> observed_address(const ObservedState& observed,
                                            const ContainerName& container,
                                            const NetworkName& network) {
  const auto found = observed.containers.find(container);
  if (found == observed.containers.end()) return std::nullopt;
  for (const EndpointStatus& endpoint : found->second.endpoints) {
    if (endpoint.network == network) return endpoint.address;
  }
  return std::nullopt;
}

// What containers have that are on their way out, or that nobody asked for, is not free yet.
void claim_for_strangers(const DesiredState& desired, const ObservedState& observed,
                         AddressBooks& books) {
  for (const auto& [name, status] : observed.containers) {
    if (desired.containers.contains(name)) continue;
    for (const EndpointStatus& endpoint : status.endpoints) {
      const auto book = books.find(endpoint.network);
      if (book != books.end()) book->second.claim(endpoint.address);
    }
  }
}

using Given = std::map<std::pair<ContainerName, NetworkName>, Ipv4Address>;

// Fixed addresses first, then the observed ones: both are given before anything new is chosen.
Given claim_known(const DesiredState& desired, const ObservedState& observed, AddressBooks& books) {
  Given given;
  for (const auto& [name, container] : desired.containers) {
    for (const EndpointConfig& endpoint : container.config.endpoints) {
      const auto book = books.find(endpoint.network);
      if (book == books.end() || !endpoint.address) continue;
      book->second.claim(*endpoint.address);
      given[{name, endpoint.network}] = *endpoint.address;
    }
  }
  claim_for_strangers(desired, observed, books);
  for (const auto& [name, container] : desired.containers) {
    for (const EndpointConfig& endpoint : container.config.endpoints) {
      const auto book = books.find(endpoint.network);
      const auto address = observed_address(observed, name, endpoint.network);
      if (book == books.end() || endpoint.address || !address) continue;
      if (book->second.claim(*address)) given[{name, endpoint.network}] = *address;
    }
  }
  return given;
}

void plan_endpoints(const DesiredState& desired, const ObservedState& observed, AddressPlan& plan) {
  AddressBooks books = open_books(desired, plan);
  const Given given = claim_known(desired, observed, books);
  for (const auto& [name, container] : desired.containers) {
    auto& endpoints = plan.endpoints[name];
    for (const EndpointConfig& endpoint : container.config.endpoints) {
      const auto book = books.find(endpoint.network);
      if (book == books.end()) {
        plan.refused[name] =
            fmt::format("network {}: every subnet from {} to {} is taken; give it a subnet",
                        endpoint.network, kFirstOfPool.text(), kLastOfPool.text());
        continue;
      }
      const auto known = given.find({name, endpoint.network});
      const auto address =
          known != given.end() ? std::optional(known->second) : book->second.lowest_free();
      if (!address) {
        plan.refused[name] =
            fmt::format("network {} has no free address left in {}", endpoint.network,
                        plan.subnets.at(endpoint.network).text());
        continue;
      }
      endpoints.push_back({.network = endpoint.network, .address = *address, .attached = false});
    }
  }
}

}  // namespace

AddressPlan plan_addresses(const DesiredState& desired, const ObservedState& observed) {
  AddressPlan plan;
  plan_subnets(desired, observed, plan);
  plan_endpoints(desired, observed, plan);
  return plan;
}

Ipv4Address gateway_of(const NetworkConfig& network, const Subnet& subnet) {
  return network.gateway.value_or(subnet.gateway());
}

}  // namespace orchestrator
