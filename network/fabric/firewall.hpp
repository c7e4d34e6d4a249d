// The firewall: a project's one nftables table, replaced as a whole in one transaction.
#pragma once

#include <optional>
#include <string>

#include "network/netlink/netlink_socket.hpp"
#include "network/netlink/ruleset.hpp"
#include "schemas/vocabulary/config/firewall_config.hpp"
#include "schemas/vocabulary/digest.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/kernel_names.hpp"

namespace network {

// The table as it shows in the kernel.
struct FirewallState {
  bool intact{false};           // there, with every chain, rule and element it was made with
  schemas::Digest fingerprint;  // of the FirewallConfig it was made from; empty when not ours
  friend bool operator==(const FirewallState&, const FirewallState&) = default;
};

// The whole table that a config stands for: rules that never change, sets and maps that do. Pure;
// describe(Ruleset) is its text for golden tests.
[[nodiscard]] Ruleset firewall_ruleset(const schemas::KernelNames& names,
                                       const schemas::FirewallConfig& config);

// Replaces our table (or makes it) in one transaction; switches IPv4 forwarding on where it is off.
[[nodiscard]] schemas::Result<> apply_firewall(NetlinkSocket& netfilter,
                                               const schemas::KernelNames& names,
                                               const schemas::FirewallConfig& config);

// Removes our table; one that is not there is not an error.
[[nodiscard]] schemas::Result<schemas::Change> withdraw_firewall(NetlinkSocket& netfilter,
                                                                 const schemas::KernelNames& names);

// Looks at our table in the kernel.
[[nodiscard]] schemas::Result<FirewallState> observe_firewall(NetlinkSocket& netfilter,
                                                              const schemas::KernelNames& names);

// A warning when somebody else's forward chain drops by default (Docker's, ufw's): an accept of
// ours is not final then. Empty when there is none.
[[nodiscard]] schemas::Result<std::string> foreign_drop_warning(NetlinkSocket& netfilter);

}  // namespace network
