// Netlink messages as bytes and rulesets as text: what the kernel is sent, without a kernel.
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "network/netlink/address.hpp"
#include "network/netlink/ruleset.hpp"

namespace network {
namespace {

using testing::ElementsAre;

constexpr std::byte operator""_b(unsigned long long value) { return static_cast<std::byte>(value); }

std::vector<std::byte> bytes_of(Message& message) {
  const auto* begin = reinterpret_cast<const std::byte*>(message.raw());
  return {begin, begin + message.size()};
}

// The message as the kernel would read it; the bytes must outlive what is read.
Received read_back(const std::vector<std::byte>& bytes) {
  Received found;
  split_messages(bytes, [&found](const Received& one) { found = one; });
  return found;
}

std::vector<std::byte> copy_of(std::optional<std::span<const std::byte>> bytes) {
  return bytes ? std::vector<std::byte>(bytes->begin(), bytes->end()) : std::vector<std::byte>{};
}

Ruleset small_ruleset() {
  return {.table = "tutti_shop",
          .comment = "fingerprint",
          .sets = {{.name = "ports",
                    .key = {Field::Protocol, Field::Port},
                    .value = {Field::Address, Field::Port},
                    .elements = {{.text = "tcp . 8080 : 10.89.0.2 . 80"}}}},
          .chains = {{.name = "forward",
                      .base = BaseHook{ChainType::Filter, Hook::Forward, -5},
                      .rules = {{LoadMeta{MetaKey::InputName}, Lookup{.set = "bridges"},
                                 Decide{Verdict::Jump, "inside"}}}},
                     {.name = "inside", .rules = {{Reject{}}}}}};
}

TEST(Message, PutsAttributesWithLengthTypeAndPadding) {
  Message message(RTM_NEWLINK, NLM_F_CREATE);
  message.put_text(IFLA_IFNAME, "a").put_u8(9, 7).put_big_u32(10, 0x01020304);
  const auto bytes = bytes_of(message);
  EXPECT_EQ(message.raw()->nlmsg_type, RTM_NEWLINK);
  EXPECT_EQ(message.raw()->nlmsg_flags, NLM_F_CREATE);
  EXPECT_THAT(std::vector<std::byte>(bytes.begin() + NLMSG_HDRLEN, bytes.end()),
              ElementsAre(6_b, 0_b, 3_b, 0_b, 0x61_b, 0_b, 0_b, 0_b,  //
                          5_b, 0_b, 9_b, 0_b, 7_b, 0_b, 0_b, 0_b,     //
                          8_b, 0_b, 10_b, 0_b, 1_b, 2_b, 3_b, 4_b));
}

TEST(Message, KeepsItsNestsWholeWhenItGrows) {
  Message message(1, 0);
  message.nest(5, [](Message& list) {
    for (int i = 0; i < 200; ++i) list.put_big_u32(NFTA_LIST_ELEM, static_cast<std::uint32_t>(i));
  });
  const auto bytes = bytes_of(message);
  const auto list = read_back(bytes).attributes(0).nest(5).list();
  EXPECT_EQ(list.size(), 200U);
}

TEST(Message, SaysAddressesInNetworkOrderWithTheirBroadcast) {
  Message message =
      add_address({.link = 7, .address = *schemas::read_ipv4("10.89.0.2"), .prefix = 24});
  const auto bytes = bytes_of(message);
  const auto received = read_back(bytes);
  const auto header = received.header<ifaddrmsg>();
  ASSERT_TRUE(header);
  EXPECT_EQ(header->ifa_index, 7U);
  EXPECT_EQ(header->ifa_prefixlen, 24);
  const Attributes attributes = received.attributes(sizeof(ifaddrmsg));
  EXPECT_THAT(copy_of(attributes.find(IFA_LOCAL)), ElementsAre(10_b, 89_b, 0_b, 2_b));
  EXPECT_THAT(copy_of(attributes.find(IFA_BROADCAST)), ElementsAre(10_b, 89_b, 0_b, 255_b));
}

TEST(Message, SplitsWhatOneReceiveGaveAndLeavesACutTail) {
  Message first(10, 0);
  Message second(11, 0);
  auto bytes = bytes_of(first);
  const auto more = bytes_of(second);
  bytes.insert(bytes.end(), more.begin(), more.end());
  bytes.insert(bytes.end(), more.begin(), more.begin() + 6);
  std::vector<int> types;
  split_messages(bytes, [&types](const Received& one) { types.push_back(one.type); });
  EXPECT_THAT(types, ElementsAre(10, 11));
}

TEST(Attributes, ReadNothingFromWhatIsTooShort) {
  const std::vector<std::byte> cut{8_b, 0_b, 1_b, 0_b, 1_b};
  const Attributes attributes(cut);
  EXPECT_FALSE(attributes.u32(1));
  EXPECT_EQ(attributes.text(1), "");
  EXPECT_TRUE(attributes.list().empty());
}

TEST(KeyBytes, ArePaddedToRegisters) {
  EXPECT_THAT(key_bytes(*schemas::read_ipv4("10.89.0.2")), ElementsAre(10_b, 89_b, 0_b, 2_b));
  EXPECT_THAT(key_bytes(std::uint16_t{8080}), ElementsAre(0x1f_b, 0x90_b, 0_b, 0_b));
  EXPECT_THAT(protocol_bytes(6), ElementsAre(6_b, 0_b, 0_b, 0_b));
  const auto name = interface_bytes("a-name-longer-than-an-interface-has");
  EXPECT_EQ(name.size(), 16U);
  EXPECT_EQ(name.back(), 0_b);
}

TEST(Expression, CarriesItsKernelNameAndRegister) {
  Message message(1, 0);
  message.nest(NFTA_RULE_EXPRESSIONS, [](Message& list) {
    put_expression(list, LoadPayload{PayloadField::DestinationPort, 3});
  });
  const auto bytes = bytes_of(message);
  const auto list = read_back(bytes).attributes(0).nest(NFTA_RULE_EXPRESSIONS).list();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list.front().text(NFTA_EXPR_NAME), "payload");
  const Attributes data = list.front().nest(NFTA_EXPR_DATA);
  EXPECT_EQ(data.big_u32(NFTA_PAYLOAD_DREG), NFT_REG32_00 + 3U);
  EXPECT_EQ(data.big_u32(NFTA_PAYLOAD_BASE), std::uint32_t{NFT_PAYLOAD_TRANSPORT_HEADER});
  EXPECT_EQ(data.big_u32(NFTA_PAYLOAD_OFFSET), 2U);
  EXPECT_EQ(data.big_u32(NFTA_PAYLOAD_LEN), 2U);
}

TEST(Expression, IsDescribedInNftsWords) {
  EXPECT_EQ(describe(Rule{LoadPayload{PayloadField::SourceAddress},
                          Compare{.how = Comparison::NotEqual, .text = "10.89.0.0/24"},
                          Decide{Verdict::Drop, ""}}),
            "ip saddr != 10.89.0.0/24 drop");
  EXPECT_EQ(
      describe(Rule{LoadMeta{MetaKey::L4Protocol, 0}, LoadPayload{PayloadField::DestinationPort, 1},
                    MapLookup{.map = "ports"}, DestinationNat{}}),
      "dnat ip to meta l4proto . th dport map @ports");
}

TEST(Ruleset, IsDescribedAsNftListsIt) {
  EXPECT_EQ(describe(small_ruleset()),
            "table inet tutti_shop {\n"
            "  map ports {\n"
            "    type inet_proto . inet_service : ipv4_addr . inet_service\n"
            "    tcp . 8080 : 10.89.0.2 . 80\n"
            "  }\n"
            "  chain forward {\n"
            "    type filter hook forward priority -5; policy accept;\n"
            "    iifname @bridges jump inside\n"
            "  }\n"
            "  chain inside {\n"
            "    reject with icmpx admin-prohibited\n"
            "  }\n"
            "}\n");
}

TEST(Ruleset, ReplacesTheTableWhetherItIsThereOrNot) {
  std::vector<int> operations;
  for (Message& message : replacement_of(small_ruleset())) {
    operations.push_back(message.raw()->nlmsg_type & 0xff);
  }
  EXPECT_THAT(operations, ElementsAre(NFT_MSG_NEWTABLE, NFT_MSG_DELTABLE, NFT_MSG_NEWTABLE,
                                      NFT_MSG_NEWSET, NFT_MSG_NEWSETELEM, NFT_MSG_NEWCHAIN,
                                      NFT_MSG_NEWCHAIN, NFT_MSG_NEWRULE, NFT_MSG_NEWRULE));
}

TEST(Ruleset, CutsManyElementsIntoMessagesThatANestCanHold) {
  Ruleset ruleset{.table = "t", .sets = {{.name = "s", .key = {Field::Address}}}};
  for (std::uint32_t i = 0; i < 1000; ++i)
    ruleset.sets[0].elements.push_back({.key = key_bytes(schemas::Ipv4Address{i})});
  std::size_t messages = 0;
  for (Message& message : replacement_of(ruleset)) {
    if ((message.raw()->nlmsg_type & 0xff) == NFT_MSG_NEWSETELEM) ++messages;
    EXPECT_LT(message.size(), 0xffffU);
  }
  EXPECT_EQ(messages, 3U);
}

}  // namespace
}  // namespace network
