// Bridges: one for each network of a project, made so that the kernel alone can tell whose they
// are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "network/netlink/netlink_socket.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/kernel_names.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace network {

// All that a bridge needs. Without an mtu it gets the default route's, else 1500.
struct BridgeSpec {
  std::string name;
  schemas::Subnet subnet;
  schemas::Ipv4Address gateway;
  std::optional<std::uint32_t> mtu;
  friend bool operator==(const BridgeSpec&, const BridgeSpec&) = default;
};

// Makes the bridge up, with its address, sysctls, alias and group, whatever part was missing.
// Conflict when a link of that name exists that does not carry our alias.
[[nodiscard]] schemas::Result<schemas::Change> ensure_bridge(NetlinkSocket& route,
                                                             const schemas::KernelNames& names,
                                                             const BridgeSpec& spec);

// Removes the bridge; one that is not there is not an error.
[[nodiscard]] schemas::Result<schemas::Change> discard_bridge(NetlinkSocket& route,
                                                              const schemas::KernelNames& names,
                                                              const std::string& bridge);

// Removes every link of the project (bridges and veths) in one message.
[[nodiscard]] schemas::Result<> discard_all_links(NetlinkSocket& route,
                                                  const schemas::KernelNames& names);

}  // namespace network
