// Expressions as netlink attributes (linux/netfilter/nf_tables.h) and as words of nft's language.
#include "network/netlink/expression.hpp"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include <functional>

namespace network {
namespace {

constexpr std::uint32_t kIpv4SourceOffset = 12;
constexpr std::uint32_t kIpv4DestinationOffset = 16;
constexpr std::uint32_t kPortOffset = 2;

std::uint32_t number_of(Register slot) { return NFT_REG32_00 + slot; }

void put_value(Message& message, int attribute, std::span<const std::byte> value) {
  message.nest(attribute, [&](Message& data) { data.put(NFTA_DATA_VALUE, value); });
}

std::uint32_t code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Accept:
      return NF_ACCEPT;
    case Verdict::Drop:
      return NF_DROP;
    case Verdict::Return:
      return static_cast<std::uint32_t>(NFT_RETURN);
    case Verdict::Jump:
      return static_cast<std::uint32_t>(NFT_JUMP);
    case Verdict::Goto:
      return static_cast<std::uint32_t>(NFT_GOTO);
  }
  return NF_DROP;
}

std::uint32_t code_of(MetaKey key) {
  switch (key) {
    case MetaKey::NfProtocol:
      return NFT_META_NFPROTO;
    case MetaKey::L4Protocol:
      return NFT_META_L4PROTO;
    case MetaKey::InputName:
      return NFT_META_IIFNAME;
    case MetaKey::OutputName:
      return NFT_META_OIFNAME;
  }
  return NFT_META_NFPROTO;
}

// One overload per expression: its name in the kernel and its attributes.
struct Writer {
  Message& message;

  void element(const char* name, const std::function<void(Message&)>& fill) const {
    message.nest(NFTA_LIST_ELEM, [&](Message& expression) {
      expression.put_text(NFTA_EXPR_NAME, name).nest(NFTA_EXPR_DATA, fill);
    });
  }

  void operator()(const LoadMeta& load) const {
    element("meta", [&](Message& data) {
      data.put_big_u32(NFTA_META_KEY, code_of(load.key))
          .put_big_u32(NFTA_META_DREG, number_of(load.to));
    });
  }
  void operator()(const LoadPayload& load) const {
    const bool is_port = load.field == PayloadField::DestinationPort;
    const std::uint32_t offset = is_port ? kPortOffset
                                 : load.field == PayloadField::SourceAddress
                                     ? kIpv4SourceOffset
                                     : kIpv4DestinationOffset;
    element("payload", [&](Message& data) {
      data.put_big_u32(NFTA_PAYLOAD_DREG, number_of(load.to))
          .put_big_u32(NFTA_PAYLOAD_BASE,
                       is_port ? NFT_PAYLOAD_TRANSPORT_HEADER : NFT_PAYLOAD_NETWORK_HEADER)
          .put_big_u32(NFTA_PAYLOAD_OFFSET, offset)
          .put_big_u32(NFTA_PAYLOAD_LEN, is_port ? 2 : 4);
    });
  }
  void operator()(const LoadCt& load) const {
    element("ct", [&](Message& data) {
      data.put_big_u32(NFTA_CT_KEY, load.key == CtKey::State ? NFT_CT_STATE : NFT_CT_STATUS)
          .put_big_u32(NFTA_CT_DREG, number_of(load.to));
    });
  }
  void operator()(const LoadFibType& load) const {
    element("fib", [&](Message& data) {
      data.put_big_u32(NFTA_FIB_DREG, number_of(load.to))
          .put_big_u32(NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE)
          .put_big_u32(NFTA_FIB_FLAGS,
                       load.side == FibSide::Source ? NFTA_FIB_F_SADDR : NFTA_FIB_F_DADDR);
    });
  }
  void operator()(const Mask& mask) const {
    element("bitwise", [&](Message& data) {
      data.put_big_u32(NFTA_BITWISE_SREG, number_of(mask.at))
          .put_big_u32(NFTA_BITWISE_DREG, number_of(mask.at))
          .put_big_u32(NFTA_BITWISE_LEN, static_cast<std::uint32_t>(mask.mask.size()));
      put_value(data, NFTA_BITWISE_MASK, mask.mask);
      put_value(data, NFTA_BITWISE_XOR, std::vector<std::byte>(mask.mask.size()));
    });
  }
  void operator()(const Compare& compare) const {
    element("cmp", [&](Message& data) {
      data.put_big_u32(NFTA_CMP_SREG, number_of(compare.at))
          .put_big_u32(NFTA_CMP_OP, compare.how == Comparison::Equal ? NFT_CMP_EQ : NFT_CMP_NEQ);
      put_value(data, NFTA_CMP_DATA, compare.with);
    });
  }
  void operator()(const Lookup& lookup) const {
    element("lookup", [&](Message& data) {
      data.put_text(NFTA_LOOKUP_SET, lookup.set)
          .put_big_u32(NFTA_LOOKUP_SREG, number_of(lookup.at))
          .put_big_u32(NFTA_LOOKUP_FLAGS, lookup.how == Comparison::Equal ? 0 : NFT_LOOKUP_F_INV);
    });
  }
  void operator()(const MapLookup& lookup) const {
    element("lookup", [&](Message& data) {
      data.put_text(NFTA_LOOKUP_SET, lookup.map)
          .put_big_u32(NFTA_LOOKUP_SREG, number_of(lookup.at))
          .put_big_u32(NFTA_LOOKUP_DREG, number_of(lookup.to));
    });
  }
  void operator()(const DestinationNat& nat) const {
    element("nat", [&](Message& data) {
      data.put_big_u32(NFTA_NAT_TYPE, NFT_NAT_DNAT)
          .put_big_u32(NFTA_NAT_FAMILY, NFPROTO_IPV4)
          .put_big_u32(NFTA_NAT_REG_ADDR_MIN, number_of(nat.address))
          .put_big_u32(NFTA_NAT_REG_PROTO_MIN, number_of(nat.port));
    });
  }
  void operator()(const Masquerade&) const {
    element("masq", [](Message&) {});
  }
  void operator()(const Reject&) const {
    element("reject", [](Message& data) {
      data.put_big_u32(NFTA_REJECT_TYPE, NFT_REJECT_ICMPX_UNREACH)
          .put_u8(NFTA_REJECT_ICMP_CODE, NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
    });
  }
  void operator()(const Decide& decide) const {
    element("immediate", [&](Message& data) {
      data.put_big_u32(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
      data.nest(NFTA_IMMEDIATE_DATA, [&](Message& value) {
        value.nest(NFTA_DATA_VERDICT, [&](Message& verdict) {
          verdict.put_big_u32(NFTA_VERDICT_CODE, code_of(decide.verdict));
          if (!decide.chain.empty()) verdict.put_text(NFTA_VERDICT_CHAIN, decide.chain);
        });
      });
    });
  }
};

}  // namespace

void put_expression(Message& message, const Expression& expression) {
  std::visit(Writer{message}, expression);
}

}  // namespace network
