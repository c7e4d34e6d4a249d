// ObservedState: one snapshot of what exists of a project; after it no more questions are asked.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "schemas/vocabulary/status.hpp"

namespace orchestrator {

// The firewall as the kernel shows it.
struct FirewallStatus {
  bool intact{false};           // our table is there with every rule it was made with
  schemas::Digest fingerprint;  // of the FirewallConfig it was made from
  friend bool operator==(const FirewallStatus&, const FirewallStatus&) = default;
};

struct ObservedState {
  std::map<schemas::ContainerName, schemas::ContainerStatus> containers;
  std::map<schemas::NetworkName, schemas::NetworkStatus> networks;
  std::map<schemas::VolumeName, schemas::VolumeStatus> volumes;  // of this project only
  FirewallStatus firewall;
  std::vector<schemas::PublishedPort> reserved_ports;  // host ports that we hold, sorted
  std::vector<schemas::Subnet>
      taken_subnets;  // routes, addresses and networks that are not this project's
  friend bool operator==(const ObservedState&, const ObservedState&) = default;
};

}  // namespace orchestrator
