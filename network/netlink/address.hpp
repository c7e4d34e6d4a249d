// IPv4 addresses of links and routes: what is there, and the messages that add to it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "network/netlink/netlink_socket.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace network {

struct LinkAddress {
  int link{0};  // index
  schemas::Ipv4Address address;
  std::uint8_t prefix{0};
  friend bool operator==(const LinkAddress&, const LinkAddress&) = default;
};

struct Route {
  schemas::Subnet destination;  // 0.0.0.0/0: the default route
  int link{0};                  // index of the outgoing link; 0 when there is none
  friend bool operator==(const Route&, const Route&) = default;
};

[[nodiscard]] schemas::Result<std::vector<LinkAddress>> list_addresses(NetlinkSocket& route);

// Unicast routes of the main table.
[[nodiscard]] schemas::Result<std::vector<Route>> list_routes(NetlinkSocket& route);

// Fails with Conflict where it exists already.
[[nodiscard]] Message add_address(const LinkAddress& address);
[[nodiscard]] Message add_default_route(schemas::Ipv4Address gateway);

}  // namespace network
