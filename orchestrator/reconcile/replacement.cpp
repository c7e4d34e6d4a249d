// Replacement: compares config, networks and addresses, the cheap comparisons first.
#include "orchestrator/reconcile/replacement.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "orchestrator/reconcile/replica.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerConfig;
using schemas::ContainerStatus;
using schemas::EndpointStatus;

// Fingerprints cost a hash each, so they are asked only when the values differ; a value that did
// not survive its record unharmed still has the fingerprint of what it was made from.
bool same_config(const ContainerConfig& wanted, const ContainerStatus& status) {
  if (wanted == status.config) return true;
  if (fingerprint(wanted) == status.fingerprint) return true;
  return fingerprint(essence(wanted)) == fingerprint(essence(status.config));
}

std::optional<std::string> network_reason(const ContainerStatus& status,
                                          const AddressPlan& addresses) {
  for (const EndpointStatus& endpoint : status.endpoints) {
    const auto found = addresses.replaced.find(endpoint.network);
    if (found == addresses.replaced.end()) continue;
    return fmt::format("network {} changed: {}", endpoint.network, found->second);
  }
  return std::nullopt;
}

std::optional<std::string> address_reason(const std::vector<EndpointStatus>& wanted,
                                          const std::vector<EndpointStatus>& observed) {
  for (const EndpointStatus& endpoint : wanted) {
    const auto found = std::find_if(
        observed.begin(), observed.end(),
        [&](const EndpointStatus& other) { return other.network == endpoint.network; });
    if (found == observed.end()) return fmt::format("is not in network {}", endpoint.network);
    if (found->address != endpoint.address) {
      return fmt::format("address in {}: {} -> {}", endpoint.network, found->address.text(),
                         endpoint.address.text());
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> reason_to_replace(const DesiredContainer& wanted,
                                             const ContainerStatus& status,
                                             const AddressPlan& addresses) {
  if (!same_config(wanted.config, status)) {
    return "config changed: " + describe_difference(status.config, wanted.config);
  }
  if (auto reason = network_reason(status, addresses)) return reason;
  const auto planned = addresses.endpoints.find(wanted.config.name);
  if (planned == addresses.endpoints.end()) return std::nullopt;
  return address_reason(planned->second, status.endpoints);
}

}  // namespace orchestrator
