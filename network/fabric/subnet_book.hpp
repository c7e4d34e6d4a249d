// The subnet book: which project's network has which subnet, so that two projects that start at
// once never get the same one. A file under flock(2) in the root directory, and what the kernel
// routes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "network/netlink/netlink_socket.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace network {

// One line of the book: whose network, and its subnet.
struct SubnetClaim {
  schemas::ProjectName project;
  schemas::NetworkName network;
  schemas::Subnet subnet;
  friend auto operator<=>(const SubnetClaim&, const SubnetClaim&) = default;
};

// Every claim in `<root>/networks.json`; none when there is no book, or only a damaged one.
[[nodiscard]] schemas::Result<std::vector<SubnetClaim>> read_subnet_book(const std::string& root);

// Writes the claim down. Conflict when it overlaps somebody else's; a claim of the same network is
// replaced. A damaged book is laid aside as networks.json.damaged, and a new one begun.
[[nodiscard]] schemas::Result<schemas::Change> claim_subnet(const std::string& root,
                                                            const SubnetClaim& claim);

// Strikes the claim; one that is not there is not an error.
[[nodiscard]] schemas::Result<schemas::Change> release_subnet(const std::string& root,
                                                              const schemas::ProjectName& project,
                                                              const schemas::NetworkName& network);

// Networks that the host routes to or has addresses in, without the default route, sorted; links
// of `own_group` are left out.
[[nodiscard]] schemas::Result<std::vector<schemas::Subnet>> routed_subnets(NetlinkSocket& route,
                                                                           std::uint32_t own_group);

}  // namespace network
