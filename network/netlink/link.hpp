// Links: bridges and veths as the kernel shows them, and the messages that make and change them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "network/netlink/netlink_socket.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace network {

struct Link {
  int index{0};
  std::string name{};
  std::string kind;  // "bridge", "veth", ...
  std::string alias{};
  std::uint32_t group{0};
  std::uint32_t mtu{0};
  int master{0};  // index of its bridge; 0: none
  int peer{0};    // of a veth: the other end's index in the other end's namespace
  bool up{false};
  friend bool operator==(const Link&, const Link&) = default;
};

struct NewBridge {
  std::string name{};
  std::string alias{};
  schemas::MacAddress mac;
  std::uint32_t group{0};
  std::uint32_t mtu{1500};
};

// A pair whose other end is born inside another namespace. Both are born down: a veth cannot be up
// before it has its peer (the kernel answers ENOTCONN).
struct NewVeth {
  std::string name{};
  std::uint32_t group{0};
  std::uint32_t mtu{1500};
  std::string peer_name;
  schemas::MacAddress peer_mac;
  int peer_namespace{-1};  // descriptor
};

// Reads a RTM_NEWLINK or RTM_DELLINK message.
[[nodiscard]] std::optional<Link> read_link(const Received& received);

[[nodiscard]] schemas::Result<std::vector<Link>> list_links(NetlinkSocket& route);
[[nodiscard]] schemas::Result<std::optional<Link>> find_link(NetlinkSocket& route,
                                                             const std::string& name);

[[nodiscard]] Message create_bridge(const NewBridge& bridge);
[[nodiscard]] Message create_veth(const NewVeth& veth);
[[nodiscard]] Message bring_up(int index);
[[nodiscard]] Message set_alias(const std::string& name, const std::string& alias);

// Makes a veth a port of the bridge, with its alias, able to send back where a packet came from,
// up.
[[nodiscard]] std::vector<Message> plug_in(const std::string& veth, int bridge,
                                           const std::string& alias);

[[nodiscard]] Message delete_link(const std::string& name);
[[nodiscard]] Message delete_link_group(std::uint32_t group);

}  // namespace network
