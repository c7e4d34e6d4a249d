// Tables of nftables as the kernel shows them: what of ours is still there, and who else drops.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "network/netlink/netlink_socket.hpp"
#include "schemas/vocabulary/error.hpp"

namespace network {

// How much is in an inet table.
struct TableCount {
  std::size_t chains{0};
  std::size_t sets{0};
  std::size_t rules{0};
  std::size_t elements{0};
  friend bool operator==(const TableCount&, const TableCount&) = default;
};

// The comment of an inet table; nothing when there is no such table.
[[nodiscard]] schemas::Result<std::optional<std::string>> find_table_comment(
    NetlinkSocket& netfilter, const std::string& table);

// Counts an inet table. NotFound when there is none.
[[nodiscard]] schemas::Result<TableCount> count_table(NetlinkSocket& netfilter,
                                                      const std::string& table);

// Grows with each transaction of anybody in this network namespace: equal means unchanged.
[[nodiscard]] schemas::Result<std::uint32_t> ruleset_generation(NetlinkSocket& netfilter);

// Base chains of the forward hook that drop what no rule accepts: "ip filter FORWARD".
[[nodiscard]] schemas::Result<std::vector<std::string>> list_dropping_forward_chains(
    NetlinkSocket& netfilter);

}  // namespace network
