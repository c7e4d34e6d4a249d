// Namespaces, sockets and a project for the fabric's kernel tests.
#include "tests/fabric/network_box.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include <gtest/gtest.h>

#include "network/fabric/bridge.hpp"
#include "network/fabric/sysctl.hpp"
#include "network/netlink/address.hpp"
#include "network/netlink/link.hpp"
#include "runtime/sys/namespaces.hpp"

namespace tests {
namespace {

constexpr int kPatience = 1500;  // milliseconds until silence is silence: one retransmission

sockaddr_in address_of(const std::string& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  EXPECT_EQ(inet_pton(AF_INET, address.c_str(), &result.sin_addr), 1);
  return result;
}

bool wait_for(int socket, short events) {
  pollfd waiting{.fd = socket, .events = events, .revents = 0};
  return ::poll(&waiting, 1, kPatience) == 1;
}

template <typename T>
T must(schemas::Result<T> result) {
  EXPECT_TRUE(result) << (result ? "" : result.error().text());
  return std::move(*result);
}

}  // namespace

void inside(const runtime::FileDescriptor& network_namespace, const std::function<void()>& body) {
  if (!network_namespace) return body();
  auto scope = runtime::ScopedNamespace::enter(network_namespace, CLONE_NEWNET);
  ASSERT_TRUE(scope);
  body();
}

runtime::FileDescriptor listen_at(const runtime::FileDescriptor& network_namespace,
                                  schemas::Transport transport, const std::string& address,
                                  std::uint16_t port) {
  runtime::FileDescriptor listener;
  inside(network_namespace, [&] {
    const bool is_tcp = transport == schemas::Transport::Tcp;
    listener = runtime::FileDescriptor(
        ::socket(AF_INET, (is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0));
    const sockaddr_in at = address_of(address, port);
    EXPECT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    if (is_tcp) {
      EXPECT_EQ(::listen(listener.get(), 16), 0);
    }
  });
  return listener;
}

Reached connect_from(const runtime::FileDescriptor& network_namespace, const std::string& address,
                     std::uint16_t port) {
  Reached reached = Reached::Silence;
  inside(network_namespace, [&] {
    const runtime::FileDescriptor socket(
        ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const sockaddr_in to = address_of(address, port);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0 &&
        errno != EINPROGRESS) {
      reached = Reached::Refused;
      return;
    }
    if (!wait_for(socket.get(), POLLOUT)) return;
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    reached = error == 0 ? Reached::Yes : Reached::Refused;
  });
  return reached;
}

Reached ask_from(const runtime::FileDescriptor& network_namespace, const std::string& address,
                 std::uint16_t port, const runtime::FileDescriptor& listener) {
  Reached reached = Reached::Silence;
  inside(network_namespace, [&] {
    const runtime::FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const sockaddr_in to = address_of(address, port);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0 ||
        ::send(socket.get(), "ask", 3, 0) < 0) {
      reached = Reached::Refused;
      return;
    }
    if (!wait_for(listener.get(), POLLIN)) return;
    char text[16];
    sockaddr_in from{};
    socklen_t length = sizeof from;
    const ssize_t size = ::recvfrom(listener.get(), text, sizeof text, 0,
                                    reinterpret_cast<sockaddr*>(&from), &length);
    EXPECT_EQ(size, 3);
    ::sendto(listener.get(), "told", 4, 0, reinterpret_cast<const sockaddr*>(&from), length);
    if (wait_for(socket.get(), POLLIN)) reached = Reached::Yes;
  });
  return reached;
}

Neighbour make_neighbour() {
  Neighbour neighbour{must(network::create_endpoint_set())};
  auto route = must(network::NetlinkSocket::open(network::Protocol::Route));
  auto there =
      must(network::NetlinkSocket::open_in(neighbour.network_namespace, network::Protocol::Route));
  network::Message create =
      network::create_veth({.name = "lan0",
                            .group = 0,
                            .mtu = 1500,
                            .peer_name = "eth0",
                            .peer_mac = {{2, 0, 0, 0, 0, 9}},
                            .peer_namespace = neighbour.network_namespace.get()});
  EXPECT_TRUE(route.request(create));
  const auto here = must(network::find_link(route, "lan0"));
  const auto far = must(network::find_link(there, "eth0"));
  EXPECT_TRUE(network::switch_ipv6_off("lan0"));
  network::Message up = network::bring_up(here->index);
  EXPECT_TRUE(route.request(up));
  network::Message ours = network::add_address({here->index, {0xc0000201}, 24});
  EXPECT_TRUE(route.request(ours));
  network::Message far_up = network::bring_up(far->index);
  EXPECT_TRUE(there.request(far_up));
  network::Message theirs = network::add_address({far->index, {0xc0000202}, 24});
  EXPECT_TRUE(there.request(theirs));
  network::Message by_us = network::add_default_route({0xc0000201});
  EXPECT_TRUE(there.request(by_us));
  // Asked about, links know their carrier at once.
  EXPECT_TRUE(network::find_link(route, "lan0"));
  EXPECT_TRUE(network::find_link(there, "eth0"));
  return neighbour;
}

NetworkBox::NetworkBox(const std::string& project, const std::string& root)
    : names{.instance = "", .project = schemas::ProjectName(project)},
      fabric(must(network::Fabric::open(names, root))) {}

NetworkBox::~NetworkBox() {
  EXPECT_TRUE(fabric.withdraw_firewall());
  // Containers' namespaces may die slower than the bridge; by group all links go at once.
  auto route = must(network::NetlinkSocket::open(network::Protocol::Route));
  EXPECT_TRUE(network::discard_all_links(route, names));
  for (const auto& [name, status] : networks) EXPECT_TRUE(fabric.discard_network(name));
}

void NetworkBox::add_network(const std::string& name, const std::string& subnet,
                             schemas::Reach reach) {
  schemas::NetworkConfig config;
  config.name = schemas::NetworkName(name);
  config.key = name;
  config.reach = reach;
  const auto read = must(schemas::read_subnet(subnet));
  auto made = fabric.create_network(config, read);
  ASSERT_TRUE(made) << made.error().text();
  networks[config.name] = {.config = config, .subnet = read, .bridge_up = true};
  firewall.networks.push_back({names.bridge(config.name), read, reach});
}

std::vector<network::EndpointSpec> NetworkBox::plan(const std::string& name,
                                                    const std::vector<std::string>& in,
                                                    std::uint8_t host_part) {
  std::vector<schemas::EndpointConfig> wanted;
  std::vector<schemas::EndpointStatus> addresses;
  for (const std::string& network : in) {
    schemas::EndpointConfig endpoint;
    endpoint.network = schemas::NetworkName(network);
    wanted.push_back(endpoint);
    const schemas::Ipv4Address address{networks.at(endpoint.network).subnet.base.bits + host_part};
    addresses.push_back({.network = endpoint.network, .address = address});
  }
  return must(
      network::plan_endpoints(names, schemas::ContainerName(name), wanted, addresses, networks));
}

runtime::FileDescriptor NetworkBox::add_container(const std::string& name,
                                                  const std::vector<std::string>& in,
                                                  std::uint8_t host_part) {
  auto endpoint_set = must(network::create_endpoint_set());
  const auto specs = plan(name, in, host_part);
  auto attached = fabric.attach(endpoint_set, specs);
  EXPECT_TRUE(attached) << (attached ? "" : attached.error().text());
  for (const network::EndpointSpec& spec : specs)
    firewall.members.push_back({spec.address, spec.bridge});
  return endpoint_set;
}

void NetworkBox::publish(const std::string& host_address, std::uint16_t host_port,
                         std::uint16_t port, schemas::Transport transport,
                         const std::string& container) {
  firewall.ports.push_back({{must(schemas::read_ipv4(host_address)), host_port, port, transport},
                            must(schemas::read_ipv4(container))});
}

void NetworkBox::apply() {
  std::ranges::sort(firewall.networks);
  std::ranges::sort(firewall.members);
  std::ranges::sort(firewall.ports);
  auto done = fabric.apply_firewall(firewall);
  ASSERT_TRUE(done) << done.error().text();
}

}  // namespace tests
