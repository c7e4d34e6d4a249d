// A ruleset as the messages of one nf_tables transaction: delete what is there, make it anew.
#include "network/netlink/ruleset.hpp"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

namespace network {
namespace {

constexpr std::size_t kElementsPerMessage = 400;  // below the 64 KiB of one nest
constexpr std::uint8_t kCommentTag = 0;           // libnftnl's NFTNL_UDATA_TABLE_COMMENT

// What libnftnl calls NFTNL_UDATA_SET_KEYBYTEORDER: without it the nft program prints names as "".
constexpr std::array kNamesAreInHostOrder{std::byte{0}, std::byte{4}, std::byte{1},
                                          std::byte{0}, std::byte{0}, std::byte{0}};

Message start(int operation, int flags) {
  Message message(static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << 8) | operation),
                  static_cast<std::uint16_t>(flags));
  message.header(nfgenmsg{.nfgen_family = NFPROTO_INET, .version = NFNETLINK_V0, .res_id = 0});
  return message;
}

// As the nft program writes a comment: a tag, a length, the text with its NUL.
std::vector<std::byte> comment_bytes(const std::string& comment) {
  std::vector<std::byte> bytes{std::byte{kCommentTag}, static_cast<std::byte>(comment.size() + 1)};
  for (const char character : comment) bytes.push_back(static_cast<std::byte>(character));
  bytes.push_back(std::byte{0});
  return bytes;
}

Message new_table(const Ruleset& ruleset) {
  Message message = start(NFT_MSG_NEWTABLE, NLM_F_CREATE);
  message.put_text(NFTA_TABLE_NAME, ruleset.table);
  message.put(NFTA_TABLE_USERDATA, comment_bytes(ruleset.comment));
  return message;
}

// Types of the nft program's own numbering, so that it can print our sets; the kernel ignores them.
std::uint32_t type_of(const std::vector<Field>& fields) {
  std::uint32_t type = 0;
  for (const Field field : fields) {
    std::uint32_t number = 0;
    switch (field) {
      case Field::Address:
        number = 7;
        break;
      case Field::Protocol:
        number = 12;
        break;
      case Field::Port:
        number = 13;
        break;
      case Field::Interface:
        number = 41;
        break;
    }
    type = (type << 6U) | number;
  }
  return type;
}

std::uint32_t length_of(const std::vector<Field>& fields) {
  std::uint32_t length = 0;
  for (const Field field : fields) length += field == Field::Interface ? IFNAMSIZ : 4;
  // A key of one field has that field's own length, those of several are padded to registers.
  if (fields.size() == 1 && fields.front() == Field::Port) return 2;
  if (fields.size() == 1 && fields.front() == Field::Protocol) return 1;
  return length;
}

Message new_set(const Ruleset& ruleset, const Set& set, std::uint32_t id) {
  Message message = start(NFT_MSG_NEWSET, NLM_F_CREATE);
  std::uint32_t flags = set.shape == SetShape::Intervals ? NFT_SET_INTERVAL : 0;
  if (!set.value.empty()) flags |= NFT_SET_MAP;
  message.put_text(NFTA_SET_TABLE, ruleset.table)
      .put_text(NFTA_SET_NAME, set.name)
      .put_big_u32(NFTA_SET_FLAGS, flags)
      .put_big_u32(NFTA_SET_KEY_TYPE, type_of(set.key))
      .put_big_u32(NFTA_SET_KEY_LEN, length_of(set.key))
      .put_big_u32(NFTA_SET_ID, id);
  if (set.key == std::vector{Field::Interface})
    message.put(NFTA_SET_USERDATA, kNamesAreInHostOrder);
  if (!set.value.empty())
    message.put_big_u32(NFTA_SET_DATA_TYPE, type_of(set.value))
        .put_big_u32(NFTA_SET_DATA_LEN, length_of(set.value));
  return message;
}

Message new_elements(const Ruleset& ruleset, const Set& set, std::span<const Element> elements) {
  Message message = start(NFT_MSG_NEWSETELEM, NLM_F_CREATE);
  message.put_text(NFTA_SET_ELEM_LIST_TABLE, ruleset.table)
      .put_text(NFTA_SET_ELEM_LIST_SET, set.name);
  message.nest(NFTA_SET_ELEM_LIST_ELEMENTS, [&](Message& list) {
    for (const Element& element : elements)
      list.nest(NFTA_LIST_ELEM, [&](Message& one) {
        one.nest(NFTA_SET_ELEM_KEY, [&](Message& key) { key.put(NFTA_DATA_VALUE, element.key); });
        if (!element.value.empty())
          one.nest(NFTA_SET_ELEM_DATA,
                   [&](Message& value) { value.put(NFTA_DATA_VALUE, element.value); });
        if (element.end == Element::End::Yes)
          one.put_big_u32(NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
      });
  });
  return message;
}

Message new_chain(const Ruleset& ruleset, const Chain& chain) {
  Message message = start(NFT_MSG_NEWCHAIN, NLM_F_CREATE);
  message.put_text(NFTA_CHAIN_TABLE, ruleset.table).put_text(NFTA_CHAIN_NAME, chain.name);
  if (!chain.base) return message;
  message
      .nest(NFTA_CHAIN_HOOK,
            [&](Message& hook) {
              hook.put_big_u32(NFTA_HOOK_HOOKNUM, static_cast<std::uint32_t>(chain.base->hook))
                  .put_big_u32(NFTA_HOOK_PRIORITY,
                               static_cast<std::uint32_t>(chain.base->priority));
            })
      .put_text(NFTA_CHAIN_TYPE, chain.base->type == ChainType::Nat ? "nat" : "filter")
      .put_big_u32(NFTA_CHAIN_POLICY, NF_ACCEPT);
  return message;
}

Message new_rule(const Ruleset& ruleset, const Chain& chain, const Rule& rule) {
  Message message = start(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
  message.put_text(NFTA_RULE_TABLE, ruleset.table)
      .put_text(NFTA_RULE_CHAIN, chain.name)
      .nest(NFTA_RULE_EXPRESSIONS, [&](Message& list) {
        for (const Expression& expression : rule) put_expression(list, expression);
      });
  return message;
}

}  // namespace

std::vector<Message> replacement_of(const Ruleset& ruleset) {
  std::vector<Message> messages;
  // Making it first lets the deletion succeed whether it was there or not.
  messages.push_back(new_table(ruleset));
  messages.push_back(deletion_of(ruleset.table));
  messages.push_back(new_table(ruleset));
  std::uint32_t id = 1;
  for (const Set& set : ruleset.sets) messages.push_back(new_set(ruleset, set, id++));
  for (const Set& set : ruleset.sets)
    for (std::size_t at = 0; at < set.elements.size(); at += kElementsPerMessage)
      messages.push_back(
          new_elements(ruleset, set,
                       std::span(set.elements)
                           .subspan(at, std::min(kElementsPerMessage, set.elements.size() - at))));
  for (const Chain& chain : ruleset.chains) messages.push_back(new_chain(ruleset, chain));
  for (const Chain& chain : ruleset.chains)
    for (const Rule& rule : chain.rules) messages.push_back(new_rule(ruleset, chain, rule));
  return messages;
}

Message deletion_of(const std::string& table) {
  Message message = start(NFT_MSG_DELTABLE, 0);
  message.put_text(NFTA_TABLE_NAME, table);
  return message;
}

std::vector<std::byte> key_bytes(schemas::Ipv4Address address) {
  const std::uint32_t bits = __builtin_bswap32(address.bits);
  const auto bytes = std::as_bytes(std::span(&bits, 1));
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> key_bytes(std::uint16_t port) {
  return {static_cast<std::byte>(port >> 8U), static_cast<std::byte>(port & 0xffU), std::byte{0},
          std::byte{0}};
}

std::vector<std::byte> protocol_bytes(std::uint8_t protocol) {
  return {std::byte{protocol}, std::byte{0}, std::byte{0}, std::byte{0}};
}

std::vector<std::byte> interface_bytes(const std::string& name) {
  std::vector<std::byte> bytes(IFNAMSIZ);
  std::memcpy(bytes.data(), name.data(), std::min<std::size_t>(name.size(), IFNAMSIZ - 1));
  return bytes;
}

}  // namespace network
