// Dumps of nf_tables objects, restricted to one table where the kernel can restrict them.
#include "network/netlink/table.hpp"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <string_view>

namespace network {
namespace {

Message ask(int operation, int flags, std::uint8_t family) {
  Message message(static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << 8) | operation),
                  static_cast<std::uint16_t>(flags));
  message.header(nfgenmsg{.nfgen_family = family, .version = NFNETLINK_V0, .res_id = 0});
  return message;
}

Attributes read_attributes(const Received& received) {
  return received.attributes(sizeof(nfgenmsg));
}

schemas::Result<std::size_t> count_elements(NetlinkSocket& netfilter, const std::string& table,
                                            const std::string& set) {
  Message message = ask(NFT_MSG_GETSETELEM, NLM_F_DUMP, NFPROTO_INET);
  message.put_text(NFTA_SET_ELEM_LIST_TABLE, table).put_text(NFTA_SET_ELEM_LIST_SET, set);
  std::size_t count = 0;
  auto done = netfilter.dump(message, [&](const Received& received) {
    count += read_attributes(received).nest(NFTA_SET_ELEM_LIST_ELEMENTS).list().size();
  });
  if (!done) return schemas::pass_up(done, "set {}", set);
  return count;
}

schemas::Result<std::vector<std::string>> list_names(NetlinkSocket& netfilter, Message message,
                                                     const std::string& table, int table_attribute,
                                                     int name_attribute) {
  std::vector<std::string> names;
  auto done = netfilter.dump(message, [&](const Received& received) {
    const Attributes attributes = read_attributes(received);
    if (attributes.text(table_attribute) == table) names.push_back(attributes.text(name_attribute));
  });
  if (!done) return schemas::pass_up(done);
  return names;
}

std::string_view family_text(std::uint8_t family) {
  switch (family) {
    case NFPROTO_INET:
      return "inet";
    case NFPROTO_IPV4:
      return "ip";
    default:
      return "";
  }
}

}  // namespace

schemas::Result<std::optional<std::string>> find_table_comment(NetlinkSocket& netfilter,
                                                               const std::string& table) {
  Message message = ask(NFT_MSG_GETTABLE, 0, NFPROTO_INET);
  message.put_text(NFTA_TABLE_NAME, table);
  std::optional<std::string> comment;
  auto done = netfilter.dump(message, [&](const Received& received) {
    comment = "";
    const auto bytes = read_attributes(received).find(NFTA_TABLE_USERDATA);
    if (!bytes || bytes->size() < 3 || (*bytes)[0] != std::byte{0}) return;
    const std::size_t length = std::min(static_cast<std::size_t>((*bytes)[1]), bytes->size() - 2);
    const std::string_view text(reinterpret_cast<const char*>(bytes->data()) + 2, length);
    comment = text.substr(0, text.find('\0'));
  });
  if (!done && done.error().kind() == schemas::ErrorKind::NotFound)
    return std::optional<std::string>(std::nullopt);
  if (!done) return schemas::pass_up(done, "look for table {}", table);
  return comment;
}

schemas::Result<TableCount> count_table(NetlinkSocket& netfilter, const std::string& table) {
  TableCount count;
  auto chains = list_names(netfilter, ask(NFT_MSG_GETCHAIN, NLM_F_DUMP, NFPROTO_INET), table,
                           NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME);
  if (!chains) return schemas::pass_up(chains, "count table {}", table);
  count.chains = chains->size();

  Message rules_of = ask(NFT_MSG_GETRULE, NLM_F_DUMP, NFPROTO_INET);
  rules_of.put_text(NFTA_RULE_TABLE, table);
  auto rules = list_names(netfilter, std::move(rules_of), table, NFTA_RULE_TABLE, NFTA_RULE_CHAIN);
  if (!rules) return schemas::pass_up(rules, "count table {}", table);
  count.rules = rules->size();

  Message sets_of = ask(NFT_MSG_GETSET, NLM_F_DUMP, NFPROTO_INET);
  sets_of.put_text(NFTA_SET_TABLE, table);
  auto sets = list_names(netfilter, std::move(sets_of), table, NFTA_SET_TABLE, NFTA_SET_NAME);
  if (!sets) return schemas::pass_up(sets, "count table {}", table);
  count.sets = sets->size();
  for (const std::string& set : *sets) {
    auto elements = count_elements(netfilter, table, set);
    if (!elements) return schemas::pass_up(elements, "count table {}", table);
    count.elements += *elements;
  }
  return count;
}

schemas::Result<std::uint32_t> ruleset_generation(NetlinkSocket& netfilter) {
  Message message = ask(NFT_MSG_GETGEN, 0, NFPROTO_UNSPEC);
  std::uint32_t generation = 0;
  auto done = netfilter.dump(message, [&](const Received& received) {
    generation = read_attributes(received).big_u32(NFTA_GEN_ID).value_or(0);
  });
  if (!done) return schemas::pass_up(done, "read the ruleset's generation");
  return generation;
}

schemas::Result<std::vector<std::string>> list_dropping_forward_chains(NetlinkSocket& netfilter) {
  Message message = ask(NFT_MSG_GETCHAIN, NLM_F_DUMP, NFPROTO_UNSPEC);
  std::vector<std::string> chains;
  auto done = netfilter.dump(message, [&](const Received& received) {
    const auto header = received.header<nfgenmsg>();
    if (!header || family_text(header->nfgen_family).empty()) return;
    const Attributes attributes = read_attributes(received);
    const auto hook = attributes.nest(NFTA_CHAIN_HOOK).big_u32(NFTA_HOOK_HOOKNUM);
    const auto policy = attributes.big_u32(NFTA_CHAIN_POLICY);
    if (hook == NF_INET_FORWARD && policy == NF_DROP)
      chains.push_back(fmt::format("{} {} {}", family_text(header->nfgen_family),
                                   attributes.text(NFTA_CHAIN_TABLE),
                                   attributes.text(NFTA_CHAIN_NAME)));
  });
  if (!done) return schemas::pass_up(done, "list chains");
  std::ranges::sort(chains);
  return chains;
}

}  // namespace network
