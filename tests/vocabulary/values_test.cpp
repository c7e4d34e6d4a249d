// Quantities, addresses, digests and kernel names: text to value and back.
#include <gmock/gmock.h>

#include "schemas/vocabulary/digest.hpp"
#include "schemas/vocabulary/event.hpp"
#include "schemas/vocabulary/kernel_names.hpp"
#include "schemas/vocabulary/quantities.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace schemas {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Duration, ReadsComposesForms) {
  EXPECT_EQ(*read_duration("1m30s"), seconds{90});
  EXPECT_EQ(*read_duration("500ms"), milliseconds{500});
  EXPECT_EQ(*read_duration("1.5h"), minutes{90});
  EXPECT_EQ(*read_duration("0"), Duration{0});
  for (const char* text : {"", "5", "s", "-1s", "1x", "1s ", "9999999999h", "1.s.", "1 s"}) {
    EXPECT_FALSE(read_duration(text).has_value()) << text;
  }
}

TEST(Duration, WritesWhatItReads) {
  for (const char* text : {"1m30s", "2h", "1s500ms", "7ns", "0s", "1h1s"}) {
    EXPECT_EQ(write_duration(*read_duration(text)), text);
  }
}

TEST(ByteSize, ReadsPowersOf1024) {
  EXPECT_EQ(*read_byte_size("64m"), 64 << 20);
  EXPECT_EQ(*read_byte_size("1.5G"), 3 << 29);
  EXPECT_EQ(*read_byte_size("10KB"), 10240);
  EXPECT_EQ(*read_byte_size("1048576"), 1048576);
  EXPECT_EQ(*read_byte_size("2 MiB"), 2 << 20);
  for (const char* text : {"", "m", "-1m", "1x", "1mm", "99999999999g"}) {
    EXPECT_FALSE(read_byte_size(text).has_value()) << text;
  }
}

TEST(ByteSize, WritesTheLargestExactUnit) {
  EXPECT_EQ(write_byte_size(64 << 20), "64m");
  EXPECT_EQ(write_byte_size(1536), "1536");
  EXPECT_EQ(write_byte_size(3 << 10), "3k");
  EXPECT_EQ(write_byte_size(0), "0");
}

TEST(Cpus, AreBillionths) {
  EXPECT_EQ(*read_cpus("0.5"), 500'000'000);
  EXPECT_EQ(*read_cpus("2"), 2'000'000'000);
  EXPECT_FALSE(read_cpus("two").has_value());
}

TEST(WallTime, SurvivesItsText) {
  const auto time = read_wall_time("2026-02-28T23:59:59.123456789Z");
  ASSERT_TRUE(time.has_value());
  EXPECT_EQ(write_wall_time(*time), "2026-02-28T23:59:59.123456789Z");
  EXPECT_EQ(write_wall_time(*read_wall_time("2026-01-01T01:00:00+02:00")),
            "2025-12-31T23:00:00.000000000Z");
  for (const char* text : {"", "2026-02-30T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00"}) {
    EXPECT_FALSE(read_wall_time(text).has_value()) << text;
  }
}

TEST(RoughDuration, RoundsAsTheDockerCommandDoes) {
  EXPECT_EQ(write_rough_duration(milliseconds{5}), "Less than a second");
  EXPECT_EQ(write_rough_duration(seconds{59}), "59 seconds");
  EXPECT_EQ(write_rough_duration(seconds{61}), "About a minute");
  EXPECT_EQ(write_rough_duration(hours{1}), "About an hour");
  EXPECT_EQ(write_rough_duration(hours{47}), "47 hours");
  EXPECT_EQ(write_rough_duration(hours{49}), "2 days");
}

TEST(Subnet, RefusesHostBits) {
  const auto subnet = read_subnet("10.1.2.3/24");
  ASSERT_FALSE(subnet.has_value());
  EXPECT_THAT(subnet.error().text(), ::testing::HasSubstr("the subnet is 10.1.2.0/24"));
}

TEST(Subnet, ReadsOnlyStrictDecimal) {
  EXPECT_EQ(read_ipv4("10.0.0.255")->text(), "10.0.0.255");
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "a.b.c.d",
                           "1..2.3", "1.2.3."}) {
    EXPECT_FALSE(read_ipv4(text).has_value()) << text;
  }
  for (const char* text : {"10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "/24", "10.0.0.0/024"}) {
    EXPECT_FALSE(read_subnet(text).has_value()) << text;
  }
  EXPECT_TRUE(read_subnet("0.0.0.0/0")->contains(*read_ipv4("255.255.255.255")));
}

TEST(Subnet, KnowsItsEndsAndOverlaps) {
  const Subnet subnet = *read_subnet("10.89.4.0/22");
  EXPECT_EQ(subnet.gateway().text(), "10.89.4.1");
  EXPECT_EQ(subnet.broadcast().text(), "10.89.7.255");
  EXPECT_TRUE(subnet.overlaps(*read_subnet("10.89.6.0/24")));
  EXPECT_FALSE(subnet.overlaps(*read_subnet("10.89.8.0/24")));
}

TEST(MacAddress, GoesWithTheAddress) {
  const MacAddress mac = mac_of(*read_ipv4("10.89.0.2"));
  EXPECT_EQ(mac.text(), "02:42:0a:59:00:02");
  EXPECT_EQ(*read_mac(mac.text()), mac);
  EXPECT_FALSE(read_mac("02:42:0a:59:00").has_value());
  EXPECT_FALSE(read_mac("02-42-0a-59-00-02").has_value());
}

TEST(Digest, IsTheSha256OfTheText) {
  EXPECT_EQ(sha256_of("abc").hex,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 hash;
  hash.update("a");
  hash.update("bc");
  EXPECT_EQ(hash.finish(), sha256_of("abc"));
}

TEST(Digest, RefusesWhatMustNotBecomeAFileName) {
  EXPECT_TRUE(read_digest("sha256:" + std::string(64, 'a')).has_value());
  for (const std::string& text :
       {"sha256:" + std::string(63, 'a'), "sha512:" + std::string(64, 'a'),
        "sha256:" + std::string(64, 'A'), std::string("sha256:../etc"), std::string()}) {
    EXPECT_FALSE(read_digest(text).has_value()) << text;
  }
}

TEST(KernelNames, FitIntoALinkName) {
  const KernelNames names{.instance = "", .project = ProjectName("shop")};
  const std::string veth = names.veth(ContainerName("shop-a-very-long-service-name-12"),
                                      NetworkName("shop_a_very_long_network_name"));
  EXPECT_EQ(veth.size(), 14U);
  EXPECT_EQ(names.bridge(NetworkName("shop_front")).size(), 13U);
  EXPECT_NE(names.link_group(), 0U);
}

TEST(KernelNames, KeepInstancesApart) {
  EXPECT_EQ(instance_of("/run/tutti"), "");
  EXPECT_EQ(instance_of("/run/tutti/"), "");
  const KernelNames ours{.instance = "", .project = ProjectName("shop")};
  const KernelNames copy{.instance = instance_of("/tmp/x"), .project = ProjectName("shop")};
  EXPECT_EQ(copy.instance.size(), 8U);
  EXPECT_NE(ours.bridge(NetworkName("n")), copy.bridge(NetworkName("n")));
  EXPECT_NE(ours.link_group(), copy.link_group());
  EXPECT_EQ(ours.table(), "tutti_shop");
  EXPECT_EQ(copy.cgroup(), "tutti/" + copy.instance + "_shop");
}

TEST(Event, SurvivesItsRecord) {
  const Event event{.kind = EventKind::Held,
                    .time = *read_wall_time("2026-01-31T12:00:00Z"),
                    .subject = "shop-web-1",
                    .text = "held",
                    .reason = "waits for db"};
  EXPECT_EQ(*read_event(write_event(event)), event);
  EXPECT_FALSE(read_event(Node::mapping()).has_value());
}

}  // namespace
}  // namespace schemas
