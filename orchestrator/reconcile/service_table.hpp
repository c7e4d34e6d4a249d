// The service table: which names lead to which address in which network, for the DNS.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/reconcile/observed.hpp"

namespace orchestrator {

// One endpoint of one container that runs.
struct NameEntry {
  schemas::ContainerName container;
  schemas::NetworkName network;
  schemas::Ipv4Address address;
  std::vector<std::string> names;  // lower case, sorted: service, aliases, container, hostname
  friend bool operator==(const NameEntry&, const NameEntry&) = default;
};

// Sorted by container, then as the container's endpoints are.
[[nodiscard]] std::vector<NameEntry> service_table(const ObservedState& observed);

}  // namespace orchestrator
