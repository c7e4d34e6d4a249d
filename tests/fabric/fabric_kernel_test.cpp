// The fabric on a real kernel: who reaches whom, what repairs itself, and what it costs.
#include <poll.h>

#include <chrono>
#include <cstdio>

#include <gtest/gtest.h>

#include "network/fabric/bridge.hpp"
#include "network/fabric/ports.hpp"
#include "network/fabric/sysctl.hpp"
#include "network/netlink/link.hpp"
#include "network/netlink/ruleset.hpp"
#include "tests/fabric/network_box.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"

namespace tests {
namespace {

using schemas::Change;
using schemas::Transport;
const runtime::FileDescriptor kHost;

class Fabric : public testing::Test {
 protected:
  TemporaryDirectory root;
};

// front 10.89.0.0/24 with web (.2) and peer (.3); back 10.89.1.0/24 with db (.4)
struct Shop : NetworkBox {
  explicit Shop(const std::string& root) : NetworkBox("shop", root) {
    add_network("shop_front", "10.89.0.0/24");
    add_network("shop_back", "10.89.1.0/24");
    web = add_container("web", {"shop_front"}, 2);
    peer = add_container("peer", {"shop_front"}, 3);
    db = add_container("db", {"shop_back"}, 4);
    web_listens = listen_at(web, Transport::Tcp, "0.0.0.0", 80);
    web_hears = listen_at(web, Transport::Udp, "0.0.0.0", 5353);
    db_listens = listen_at(db, Transport::Tcp, "0.0.0.0", 6379);
    publish("0.0.0.0", 8080, 80, Transport::Tcp, "10.89.0.2");
    publish("0.0.0.0", 8053, 5353, Transport::Udp, "10.89.0.2");
    publish("127.0.0.1", 8081, 80, Transport::Tcp, "10.89.0.2");
    apply();
  }
  runtime::FileDescriptor web, peer, db, web_listens, web_hears, db_listens;
};

TEST_F(Fabric, ContainersOfOneNetworkReachEachOtherAndNoOtherNetwork) {
  Shop shop(root.path().string());
  EXPECT_EQ(connect_from(shop.peer, "10.89.0.2", 80), Reached::Yes);
  EXPECT_EQ(connect_from(kHost, "10.89.0.2", 80), Reached::Yes);
  EXPECT_EQ(connect_from(shop.peer, "10.89.1.4", 6379), Reached::Refused);  // at once, no silence
  EXPECT_EQ(connect_from(shop.db, "10.89.0.2", 80), Reached::Refused);
}

TEST_F(Fabric, AnotherProjectsContainersAreOutOfReach) {
  Shop shop(root.path().string());
  NetworkBox other("blog", root.path().string());
  other.add_network("blog_default", "10.89.2.0/24");
  const auto stranger = other.add_container("stranger", {"blog_default"}, 2);
  other.apply();
  EXPECT_EQ(connect_from(stranger, "10.89.0.2", 80), Reached::Silence);
  EXPECT_EQ(connect_from(stranger, "192.0.2.1", 80), Reached::Refused);  // no way there at all
  EXPECT_EQ(connect_from(stranger, "10.89.2.1", 8080), Reached::Yes);    // published
}

// br_netfilter (another runtime may have loaded it) shows the rules packets inside a bridge.
class BridgeFilter : public Fabric, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(OffAndOn, BridgeFilter, testing::Values("0", "1"));

TEST_P(BridgeFilter, PublishedPortsAreReachedFromEverywhere) {
  auto filter = network::ensure_sysctl("net/bridge/bridge-nf-call-iptables", GetParam());
  EXPECT_TRUE(filter || filter.error().kind() == schemas::ErrorKind::NotFound);
  Shop shop(root.path().string());
  const Neighbour neighbour = make_neighbour();
  const auto& lan = neighbour.network_namespace;
  EXPECT_EQ(connect_from(lan, "192.0.2.1", 8080), Reached::Yes);
  EXPECT_EQ(connect_from(kHost, "192.0.2.1", 8080), Reached::Yes);
  EXPECT_EQ(connect_from(kHost, "127.0.0.1", 8080), Reached::Yes);
  EXPECT_EQ(connect_from(shop.web, "10.89.0.1", 8080), Reached::Yes);   // to itself
  EXPECT_EQ(connect_from(shop.peer, "10.89.0.1", 8080), Reached::Yes);  // to its neighbour
  EXPECT_EQ(connect_from(shop.db, "10.89.1.1", 8080), Reached::Yes);    // from another network
  EXPECT_EQ(ask_from(lan, "192.0.2.1", 8053, shop.web_hears), Reached::Yes);
  EXPECT_EQ(ask_from(kHost, "127.0.0.1", 8053, shop.web_hears), Reached::Yes);
  EXPECT_EQ(ask_from(shop.web, "10.89.0.1", 8053, shop.web_hears), Reached::Yes);
}

TEST_F(Fabric, PortsOfLoopbackStayOnTheHost) {
  Shop shop(root.path().string());
  const Neighbour neighbour = make_neighbour();
  EXPECT_EQ(connect_from(kHost, "127.0.0.1", 8081), Reached::Yes);
  EXPECT_EQ(connect_from(neighbour.network_namespace, "192.0.2.1", 8081), Reached::Refused);
}

TEST_F(Fabric, ANeighbourDoesNotReachContainersDirectly) {
  Shop shop(root.path().string());
  const Neighbour neighbour = make_neighbour();
  EXPECT_EQ(connect_from(neighbour.network_namespace, "10.89.0.2", 80), Reached::Silence);
}

TEST_F(Fabric, ContainersReachOutsideUnlessTheirNetworkIsInternal) {
  Shop shop(root.path().string());
  shop.add_network("shop_vault", "10.89.7.0/24", schemas::Reach::Internal);
  const auto safe = shop.add_container("safe", {"shop_vault"}, 2);
  const auto clerk = shop.add_container("clerk", {"shop_vault"}, 3);
  const auto safe_listens = listen_at(safe, Transport::Tcp, "0.0.0.0", 80);
  shop.apply();
  const Neighbour neighbour = make_neighbour();
  const auto site = listen_at(neighbour.network_namespace, Transport::Tcp, "0.0.0.0", 443);
  EXPECT_EQ(connect_from(shop.web, "192.0.2.2", 443), Reached::Yes);
  EXPECT_EQ(connect_from(safe, "192.0.2.2", 443), Reached::Refused);
  EXPECT_EQ(connect_from(clerk, "10.89.7.2", 80), Reached::Yes);
}

TEST_F(Fabric, SeesItsTableFlushedAndMakesItAgain) {
  Shop shop(root.path().string());
  auto before = shop.fabric.observe_firewall();
  ASSERT_TRUE(before) << before.error().text();
  EXPECT_TRUE(before->intact);
  EXPECT_EQ(before->fingerprint, schemas::fingerprint(shop.firewall));
  EXPECT_FALSE(shop.fabric.drain_monitors().firewall);  // our own transactions are no news

  auto somebody = network::NetlinkSocket::open(network::Protocol::Netfilter);
  network::Message flush = network::deletion_of(shop.names.table());
  ASSERT_TRUE(somebody->transact(std::span(&flush, 1)));
  pollfd monitor{.fd = shop.fabric.monitors()[1], .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&monitor, 1, 1000), 1);
  EXPECT_TRUE(shop.fabric.drain_monitors().firewall);
  EXPECT_FALSE(shop.fabric.observe_firewall()->intact);
  shop.apply();
  EXPECT_TRUE(shop.fabric.observe_firewall()->intact);
  EXPECT_EQ(connect_from(kHost, "127.0.0.1", 8080), Reached::Yes);
}

TEST_F(Fabric, RepairsALostBridgeAndALostVeth) {
  Shop shop(root.path().string());
  const schemas::NetworkName front("shop_front");
  const std::string bridge = shop.names.bridge(front);
  const std::string veth = shop.names.veth(schemas::ContainerName("web"), front);
  auto route = network::NetlinkSocket::open(network::Protocol::Route);
  EXPECT_TRUE(shop.fabric.observe_links()->is_attached(veth, bridge));

  network::Message lose_bridge = network::delete_link(bridge);
  ASSERT_TRUE(route->request(lose_bridge));
  EXPECT_TRUE(shop.fabric.drain_monitors().links);
  auto links = shop.fabric.observe_links();
  EXPECT_FALSE(links->is_up(bridge, {0x0a590001}));
  EXPECT_FALSE(links->is_attached(veth, bridge));
  const auto& status = shop.networks.at(front);
  EXPECT_EQ(shop.fabric.create_network(status.config, status.subnet).value(), Change::Made);
  EXPECT_EQ(shop.fabric.attach(shop.web, shop.plan("web", {"shop_front"}, 2)).value(),
            Change::Made);
  EXPECT_EQ(shop.fabric.attach(shop.web, shop.plan("web", {"shop_front"}, 2)).value(),
            Change::Already);
  links = shop.fabric.observe_links();
  EXPECT_TRUE(links->is_up(bridge, {0x0a590001}));
  EXPECT_TRUE(links->is_attached(veth, bridge));

  ASSERT_TRUE(shop.fabric.detach(veth));
  EXPECT_FALSE(shop.fabric.observe_links()->is_attached(veth, bridge));
  auto again = shop.fabric.attach(shop.web, shop.plan("web", {"shop_front"}, 2));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(connect_from(kHost, "10.89.0.2", 80), Reached::Yes);
  EXPECT_EQ(connect_from(kHost, "127.0.0.1", 8080), Reached::Yes);
}

TEST_F(Fabric, AContainerMadeAnewTakesOverTheNameOfItsDyingVeth) {
  NetworkBox box("shop", root.path().string());
  box.add_network("shop_front", "10.89.0.0/24");
  auto first = box.add_container("web", {"shop_front"}, 2);
  auto second = box.add_container("web", {"shop_front"}, 2);  // the first is still there
  const auto listener = listen_at(second, Transport::Tcp, "0.0.0.0", 80);
  EXPECT_EQ(connect_from(kHost, "10.89.0.2", 80), Reached::Yes);
}

TEST_F(Fabric, NeverTouchesALinkThatIsNotOurs) {
  NetworkBox box("shop", root.path().string());
  const std::string bridge = box.names.bridge(schemas::NetworkName("shop_front"));
  auto route = network::NetlinkSocket::open(network::Protocol::Route);
  network::Message foreign = network::create_bridge({.name = bridge, .mac = {{2, 0, 0, 0, 0, 8}}});
  ASSERT_TRUE(route->request(foreign));
  network::Message alias = network::set_alias(bridge, "somebody else's");
  ASSERT_TRUE(route->request(alias));
  const network::BridgeSpec spec{bridge, {{0x0a590000}, 24}, {0x0a590001}, std::nullopt};
  auto made = network::ensure_bridge(*route, box.names, spec);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind(), schemas::ErrorKind::Conflict);
  EXPECT_EQ(network::discard_bridge(*route, box.names, bridge).value(), Change::Already);
  network::Message away = network::delete_link(bridge);
  EXPECT_TRUE(route->request(away));
}

TEST_F(Fabric, APortInUseIsRefusedWithTheNameOfItsHolder) {
  const auto holder = listen_at(kHost, Transport::Tcp, "127.0.0.1", 8099);
  auto taken = network::reserve_port({{0}, 8099, 80, Transport::Tcp});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().kind(), schemas::ErrorKind::Conflict);
  EXPECT_NE(taken.error().text().find("fabric_kernel"), std::string::npos) << taken.error().text();
  const auto free_port = network::reserve_port({{0}, 8098, 80, Transport::Udp});
  ASSERT_TRUE(free_port);
  EXPECT_FALSE(network::reserve_port({{0x7f000001}, 8098, 80, Transport::Udp}));
  EXPECT_FALSE(network::reserve_port({{0x01020304}, 8097, 80, Transport::Tcp}));
}

TEST_F(Fabric, AHundredEndpointsAndPortsAreCheap) {
  using Clock = std::chrono::steady_clock;
  const auto milliseconds = [](Clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
  };
  NetworkBox box("many", root.path().string());
  box.add_network("many_default", "10.89.0.0/24");
  std::vector<runtime::FileDescriptor> sets;
  auto before = Clock::now();
  for (int index = 0; index < 100; ++index) sets.push_back(*network::create_endpoint_set());
  const double sets_time = milliseconds(Clock::now() - before);
  before = Clock::now();
  for (std::uint8_t index = 0; index < 100; ++index) {
    const auto specs =
        box.plan(fmt::format("c{}", index), {"many_default"}, static_cast<std::uint8_t>(index + 2));
    ASSERT_TRUE(box.fabric.attach(sets[index], specs));
  }
  const double attach_time = milliseconds(Clock::now() - before);
  for (std::uint16_t port = 0; port < 100; ++port)
    box.publish("0.0.0.0", static_cast<std::uint16_t>(9000 + port), 80, Transport::Tcp,
                fmt::format("10.89.0.{}", 2 + port));
  before = Clock::now();
  box.apply();
  const double first_time = milliseconds(Clock::now() - before);
  before = Clock::now();
  box.apply();
  const double again_time = milliseconds(Clock::now() - before);
  before = Clock::now();
  auto links = box.fabric.observe_links();
  const double observe_time = milliseconds(Clock::now() - before);
  EXPECT_EQ(links->veths.size(), 100U);
  before = Clock::now();
  EXPECT_TRUE(box.fabric.observe_firewall()->intact);
  const double look_time = milliseconds(Clock::now() - before);
  std::printf(
      "100 endpoint sets %.1f ms, 100 attachments %.1f ms; firewall of 100 ports %.2f ms, "
      "again %.2f ms; observe links %.2f ms, firewall %.2f ms\n",
      sets_time, attach_time, first_time, again_time, observe_time, look_time);
}

}  // namespace
}  // namespace tests
