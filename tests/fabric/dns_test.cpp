// The embedded DNS: what is answered, forwarded, refused, and never read beyond its end.
#include <string>

#include <gtest/gtest.h>

#include "network/fabric/answer.hpp"

namespace network {
namespace {

// A query as bytes: header, question, and an OPT record when a UDP size is given.
DnsBytes query_for(const std::string& name, std::uint16_t type, std::uint16_t udp_size = 0) {
  DnsBytes bytes;
  const auto put = [&](std::size_t value) { bytes.push_back(static_cast<std::byte>(value)); };
  for (const int value : {0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, udp_size == 0 ? 0 : 1})
    put(static_cast<std::size_t>(value));
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t dot = std::min(name.find('.', at), name.size());
    put(dot - at);
    for (; at < dot; ++at) put(static_cast<unsigned char>(name[at]));
    ++at;
  }
  for (const int value : {0, type >> 8, type & 0xff, 0, 1}) put(static_cast<std::size_t>(value));
  if (udp_size != 0)
    for (const int value : {0, 0, 41, udp_size >> 8, udp_size & 0xff, 0, 0, 0, 0, 0, 0})
      put(static_cast<std::size_t>(value));
  return bytes;
}

NameTable table_with(std::uint32_t replicas, Forwarding forwarding = Forwarding::Allowed) {
  std::vector<NamedEndpoint> endpoints;
  for (std::uint32_t index = 0; index < replicas; ++index)
    endpoints.push_back({.network = schemas::NetworkName("shop_front"),
                         .network_key = "front",
                         .address = {0x0a590002 + index},
                         .names = {fmt::format("shop-web-{}", index + 1), "Web"}});
  NameTable table{.networks = {}, .forwarding = forwarding};
  for (const auto& [name, names] : collect_names(endpoints)) table.networks.push_back(names);
  return table;
}

DnsBytes reply_to(const DnsBytes& query, const NameTable& table, std::uint32_t shuffle = 0) {
  const auto verdict = answer(query, table, DnsTransport::Udp, shuffle);
  const auto* reply = std::get_if<DnsReply>(&verdict);
  return reply == nullptr ? DnsBytes{} : reply->bytes;
}

int byte_at(const DnsBytes& bytes, std::size_t at) { return std::to_integer<int>(bytes.at(at)); }
int answers_in(const DnsBytes& bytes) { return byte_at(bytes, 6) << 8 | byte_at(bytes, 7); }

bool is_forwarded(const DnsBytes& query, const NameTable& table) {
  return std::holds_alternative<DnsForward>(answer(query, table, DnsTransport::Udp, 0));
}

TEST(Dns, AnswersAServiceWithAllReplicasAndEchoesTheCase) {
  const DnsBytes query = query_for("wEb", kDnsA);
  const DnsBytes reply = reply_to(query, table_with(2));
  ASSERT_EQ(answers_in(reply), 2);
  EXPECT_TRUE(answers_query(reply, query));
  EXPECT_EQ(code_of(reply), DnsCode::NoError);
}

TEST(Dns, PutsAnotherReplicaFirstEachTime) {
  const std::size_t last_byte_of_first = query_for("web", kDnsA).size() + 15;
  EXPECT_EQ(byte_at(reply_to(query_for("web", kDnsA), table_with(3), 0), last_byte_of_first), 2);
  EXPECT_EQ(byte_at(reply_to(query_for("web", kDnsA), table_with(3), 1), last_byte_of_first), 3);
}

TEST(Dns, KnowsANameUnderItsNetworksKeyAndName) {
  for (const char* name : {"web", "shop-web-1", "web.front", "shop-web-1.shop_front"})
    EXPECT_EQ(answers_in(reply_to(query_for(name, kDnsA), table_with(1))), 1) << name;
  EXPECT_TRUE(is_forwarded(query_for("web.back", kDnsA), table_with(1)));
}

TEST(Dns, AnswersOtherTypesOfAKnownNameEmptyAtOnce) {
  for (const std::uint16_t type : {kDnsAaaa, std::uint16_t{15}, std::uint16_t{16}}) {
    const DnsBytes reply = reply_to(query_for("web", type), table_with(1));
    EXPECT_EQ(code_of(reply), DnsCode::NoError);
    EXPECT_EQ(answers_in(reply), 0);
  }
  EXPECT_EQ(code_of(reply_to(query_for("_http._tcp.web", kDnsSrv), table_with(1))),
            DnsCode::NoError);
}

TEST(Dns, PointsAnAddressToContainerAndNetwork) {
  const DnsBytes reply = reply_to(query_for("2.0.89.10.in-addr.arpa", kDnsPtr), table_with(1));
  ASSERT_EQ(answers_in(reply), 1);
  const std::string bytes(reinterpret_cast<const char*>(reply.data()), reply.size());
  EXPECT_NE(bytes.find("\x0ashop-web-1\x0ashop_front"), std::string::npos);
  EXPECT_TRUE(is_forwarded(query_for("9.0.89.10.in-addr.arpa", kDnsPtr), table_with(1)));
}

TEST(Dns, ForwardsUnknownNamesOnlyWhereThereIsAWayOut) {
  EXPECT_TRUE(is_forwarded(query_for("debian.org", kDnsA), table_with(1)));
  const DnsBytes reply =
      reply_to(query_for("debian.org", kDnsA), table_with(1, Forwarding::Refused));
  EXPECT_EQ(code_of(reply), DnsCode::NxDomain);
}

TEST(Dns, TruncatesWhatDoesNotFitAndSaysSo) {
  const DnsBytes plain = reply_to(query_for("web", kDnsA), table_with(60));
  EXPECT_LE(plain.size(), 512U);
  EXPECT_TRUE(is_truncated(plain));
  const DnsBytes large = reply_to(query_for("web", kDnsA, 4096), table_with(60));
  EXPECT_EQ(answers_in(large), 60);
  EXPECT_FALSE(is_truncated(large));
  EXPECT_EQ(byte_at(large, 11), 1);  // EDNS0 is answered in EDNS0
}

TEST(Dns, NeverAnswersAnAnswer) {
  DnsBytes query = query_for("web", kDnsA);
  query[2] |= std::byte{0x80};
  EXPECT_TRUE(std::holds_alternative<DnsDrop>(answer(query, table_with(1), DnsTransport::Udp, 0)));
}

TEST(Dns, RefusesEveryCutOfAQueryWithoutReadingBeyondIt) {
  const DnsBytes whole = query_for("shop-web-1.shop_front", kDnsA);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const DnsBytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(read_dns_query(cut)) << size;
  }
  EXPECT_TRUE(read_dns_query(whole));
}

TEST(Dns, RefusesACompressionPointerInAQuestion) {
  DnsBytes query = query_for("a", kDnsA);
  query[12] = std::byte{0xc0};
  EXPECT_FALSE(read_dns_query(query));
}

TEST(Dns, ALabelWithADotInItIsNoNameOfOurs) {
  DnsBytes query = query_for("webxfront", kDnsA);
  query[12 + 1 + 3] = std::byte{'.'};
  EXPECT_TRUE(is_forwarded(query, table_with(1)));
}

TEST(Dns, TakesNoAnswerToAnotherQuestion) {
  const DnsBytes query = query_for("debian.org", kDnsA);
  DnsBytes reply = query;
  reply[2] |= std::byte{0x80};
  EXPECT_TRUE(answers_query(reply, query));
  reply[0] = std::byte{0};
  EXPECT_FALSE(answers_query(reply, query));
  DnsBytes other = query_for("debian.net", kDnsA);
  other[2] |= std::byte{0x80};
  EXPECT_FALSE(answers_query(other, query));
}

TEST(Dns, CutsALongAnswerToHeaderAndQuestion) {
  DnsBytes reply = query_for("debian.org", kDnsA);
  const std::size_t question_end = reply.size();
  reply[2] |= std::byte{0x80};
  reply[7] = std::byte{9};
  reply.resize(3000);
  const DnsBytes fitted = fit_dns_reply(reply, 512);
  EXPECT_EQ(fitted.size(), question_end);
  EXPECT_TRUE(is_truncated(fitted));
  EXPECT_EQ(answers_in(fitted), 0);
}

}  // namespace
}  // namespace network
