// What a project's firewall table must let through: sets only, the rules never change.
#pragma once

#include <string>
#include <vector>

#include "schemas/vocabulary/config/network_config.hpp"
#include "schemas/vocabulary/digest.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace schemas {

// One bridge of the project.
struct FirewallNetwork {
  std::string bridge;  // the link's name
  Subnet subnet;
  Reach reach{Reach::Outside};
  friend auto operator<=>(const FirewallNetwork&, const FirewallNetwork&) = default;
};

// One container address behind one bridge.
struct FirewallMember {
  Ipv4Address address;
  std::string bridge;
  friend auto operator<=>(const FirewallMember&, const FirewallMember&) = default;
};

// One published port and where it leads.
struct FirewallPort {
  PublishedPort port;
  Ipv4Address container;
  friend auto operator<=>(const FirewallPort&, const FirewallPort&) = default;
};

struct FirewallConfig {
  std::vector<FirewallNetwork> networks;  // all sorted
  std::vector<FirewallMember> members;
  std::vector<FirewallPort> ports;
  friend bool operator==(const FirewallConfig&, const FirewallConfig&) = default;
};

[[nodiscard]] Digest fingerprint(const FirewallConfig& config);

}  // namespace schemas
