// LinkSnapshot: every link of ours as one dump of the kernel shows it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "network/netlink/netlink_socket.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/kernel_names.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace network {

struct LinkSnapshot {
  struct BridgeLink {
    bool up{false};
    std::vector<schemas::Ipv4Address> addresses;
    friend bool operator==(const BridgeLink&, const BridgeLink&) = default;
  };
  std::map<std::string, BridgeLink> bridges;  // by name
  std::map<std::string, std::string>
      veths;  // host end that is up -> its bridge, "" when it has none

  // The bridge is there, up, with its address.
  [[nodiscard]] bool is_up(const std::string& bridge, schemas::Ipv4Address gateway) const;
  // The veth is there, up, and a port of the bridge.
  [[nodiscard]] bool is_attached(const std::string& veth, const std::string& bridge) const;
  friend bool operator==(const LinkSnapshot&, const LinkSnapshot&) = default;
};

// One dump of links and one of addresses, restricted to our group and alias.
[[nodiscard]] schemas::Result<LinkSnapshot> observe_links(NetlinkSocket& route,
                                                          const schemas::KernelNames& names);

}  // namespace network
