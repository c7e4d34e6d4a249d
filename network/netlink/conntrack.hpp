// Connection tracking: forgetting flows whose address translation no longer holds.
#pragma once

#include <cstdint>
#include <optional>

#include "network/netlink/netlink_socket.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace network {

// Which IPv4 flows; what is not set is not compared.
struct FlowFilter {
  std::uint8_t protocol{0};                             // IPPROTO_UDP
  std::optional<schemas::Ipv4Address> asked_address{};  // whom the first packet was sent to
  std::optional<std::uint16_t> asked_port{};
  std::optional<schemas::Ipv4Address> answering_address{};  // whom it was led to
};

// Forgets them (Linux 5.8); that there are none is not an error.
[[nodiscard]] schemas::Result<> forget_flows(NetlinkSocket& netfilter, const FlowFilter& filter);

}  // namespace network
