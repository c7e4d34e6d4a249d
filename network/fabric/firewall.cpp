// Applying, withdrawing and observing the project's table.
#include "network/fabric/firewall.hpp"

#include <algorithm>
#include <string_view>

#include "network/fabric/sysctl.hpp"
#include "network/netlink/table.hpp"

namespace network {
namespace {

using schemas::Change;
using schemas::Result;

constexpr std::string_view kPrefix = "tutti ";
constexpr std::size_t kHexDigits = 64;

TableCount count_of(const Ruleset& ruleset) {
  TableCount count{.chains = ruleset.chains.size(), .sets = ruleset.sets.size()};
  for (const Chain& chain : ruleset.chains) count.rules += chain.rules.size();
  for (const Set& set : ruleset.sets) count.elements += set.elements.size();
  return count;
}

// "4 chains 8 sets 20 rules 12 elements": what must be there for the table to be whole.
std::string text_of(const TableCount& count) {
  return fmt::format("{} chains {} sets {} rules {} elements", count.chains, count.sets,
                     count.rules, count.elements);
}

}  // namespace

Result<> apply_firewall(NetlinkSocket& netfilter, const schemas::KernelNames& names,
                        const schemas::FirewallConfig& config) {
  // Only ever switched on: nobody can know who else has come to need it.
  auto forwarding = ensure_sysctl("net/ipv4/ip_forward", "1");
  if (!forwarding) return schemas::pass_up(forwarding, "let the host forward packets");
  Ruleset ruleset = firewall_ruleset(names, config);
  ruleset.comment += ' ' + text_of(count_of(ruleset));
  std::vector<Message> messages = replacement_of(ruleset);
  auto done = netfilter.transact(messages);
  if (!done) return schemas::pass_up(done, "nftables table {}", ruleset.table);
  return {};
}

Result<Change> withdraw_firewall(NetlinkSocket& netfilter, const schemas::KernelNames& names) {
  Message message = deletion_of(names.table());
  auto done = netfilter.transact(std::span(&message, 1));
  if (!done && done.error().kind() == schemas::ErrorKind::NotFound) return Change::Already;
  if (!done) return schemas::pass_up(done, "remove nftables table {}", names.table());
  return Change::Made;
}

Result<FirewallState> observe_firewall(NetlinkSocket& netfilter,
                                       const schemas::KernelNames& names) {
  auto comment = find_table_comment(netfilter, names.table());
  if (!comment) return schemas::pass_up(comment);
  if (!*comment || !(*comment)->starts_with(kPrefix) ||
      (*comment)->size() < kPrefix.size() + kHexDigits + 1)
    return FirewallState{};
  FirewallState state;
  state.fingerprint.hex = (*comment)->substr(kPrefix.size(), kHexDigits);
  auto count = count_table(netfilter, names.table());
  // Removed while we looked: the notification of that will make us look again.
  if (!count && count.error().kind() == schemas::ErrorKind::NotFound) return FirewallState{};
  if (!count) return schemas::pass_up(count);
  state.intact = (*comment)->substr(kPrefix.size() + kHexDigits + 1) == text_of(*count);
  return state;
}

Result<std::string> foreign_drop_warning(NetlinkSocket& netfilter) {
  auto chains = list_dropping_forward_chains(netfilter);
  if (!chains) return schemas::pass_up(chains);
  if (chains->empty()) return std::string();
  std::string all;
  for (const std::string& chain : *chains) all += (all.empty() ? "" : ", ") + chain;
  return fmt::format(
      "another firewall drops forwarded packets by default ({}): containers may not reach the "
      "outside and published ports may not answer until it accepts our bridges, for example by: "
      "nft insert rule {} iifname \"br-tt*\" accept, and the same with oifname",
      all, chains->front());
}

}  // namespace network
