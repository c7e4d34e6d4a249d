// Endpoint sets: a container's network namespace and its places in networks.
//
//   host namespace:  bridge br-tt... <- veth tt...   |   container's namespace:  eth0, eth1, lo
//
// The set is made before the container and kept across its restarts: same addresses, no rewiring.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "network/netlink/netlink_socket.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/config/network_config.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/kernel_names.hpp"
#include "schemas/vocabulary/status.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace network {

// One veth: its host end is a port of `bridge`, its peer is `interface` inside the namespace.
struct EndpointSpec {
  std::string bridge;
  std::string veth;
  std::string interface;  // "eth0"
  schemas::Ipv4Address address;
  std::uint8_t prefix{24};
  std::optional<schemas::Ipv4Address> gateway;  // makes the default route; at most one of a set
  std::optional<std::uint32_t> mtu;             // else the bridge's
  friend bool operator==(const EndpointSpec&, const EndpointSpec&) = default;
};

// The specs of a container's endpoints in the order of `wanted` (eth0, eth1, ...). The default
// route goes to the network that is not internal with the highest gateway_priority, the first on a
// tie. NotFound names a network or an address that is missing.
[[nodiscard]] schemas::Result<std::vector<EndpointSpec>> plan_endpoints(
    const schemas::KernelNames& names, const schemas::ContainerName& container,
    const std::vector<schemas::EndpointConfig>& wanted,
    const std::vector<schemas::EndpointStatus>& addresses,
    const std::map<schemas::NetworkName, schemas::NetworkStatus>& networks);

// A new network namespace with lo up, IPv6 off, unprivileged ports and pings allowed. Nothing but
// the descriptor holds it: when the last one (and the last process inside) is gone, so are its
// veths.
[[nodiscard]] schemas::Result<runtime::FileDescriptor> create_endpoint_set();

// Makes the endpoints, or what is missing of them: a lost veth is made again, one whose bridge was
// lost is plugged in again. The bridges must be there.
[[nodiscard]] schemas::Result<schemas::Change> attach_endpoints(
    NetlinkSocket& route, const schemas::KernelNames& names,
    const runtime::FileDescriptor& endpoint_set, const std::vector<EndpointSpec>& endpoints);

// Removes host ends by name (their peers go with them), when the namespace itself lives on. Slow
// (16 ms each): to end a container let its namespace die instead.
[[nodiscard]] schemas::Result<> detach_endpoint(NetlinkSocket& route, const std::string& veth);

}  // namespace network
