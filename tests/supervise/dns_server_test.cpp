// The DNS server on real sockets of this machine's loopback: local answers, forwarding, limits.
#include "orchestrator/supervise/dns_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "network/fabric/dns_message.hpp"

namespace orchestrator {
namespace {

using network::DnsBytes;
using runtime::FileDescriptor;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::uint16_t port_of(const FileDescriptor& socket) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}

FileDescriptor open_bound(int type, std::uint16_t port = 0) {
  FileDescriptor socket(::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_in address = loopback(port);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  if (type == SOCK_STREAM) {
    EXPECT_EQ(::listen(socket.get(), 8), 0);
  }
  return socket;
}

FileDescriptor open_to(int type, std::uint16_t port) {
  FileDescriptor socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0);
  return socket;
}

// A question for an A record.
DnsBytes query_for(const std::string& name) {
  std::string text("\x12\x34\x01\0\0\1\0\0\0\0\0\0", 12);
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t dot = std::min(name.find('.', at), name.size());
    text += static_cast<char>(dot - at);
    text += name.substr(at, dot - at);
    at = dot + 1;
  }
  text += std::string("\0\0\1\0\1", 5);
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

class DnsServing : public testing::Test {
 protected:
  DnsServing() : udp_(open_bound(SOCK_DGRAM)), tcp_(open_bound(SOCK_STREAM)) {
    udp_port_ = port_of(udp_);
    tcp_port_ = port_of(tcp_);
  }

  void serve(std::vector<DnsUpstream> upstreams,
             network::Forwarding forwarding = network::Forwarding::Allowed) {
    server_.emplace(loop_, std::move(upstreams));
    ASSERT_TRUE(server_->add(kWeb, {std::move(udp_), std::move(tcp_)}));
    network::NameTable names{.networks = {}, .forwarding = forwarding};
    for (const auto& [name, network] : network::collect_names(
             {{schemas::NetworkName("shop_front"), "front", {0x0a590002}, {"shop-web-1", "web"}}}))
      names.networks.push_back(network);
    server_->set_names(kWeb, std::move(names));
  }

  // Runs the loop until something can be read from `socket`.
  bool run_until_readable(const FileDescriptor& socket, std::chrono::seconds deadline) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (std::chrono::steady_clock::now() < end) {
      pollfd waiting{.fd = socket.get(), .events = POLLIN, .revents = 0};
      if (::poll(&waiting, 1, 0) == 1) return true;
      loop_.run_one_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  std::optional<DnsBytes> ask(const DnsBytes& query) {
    const FileDescriptor socket = open_to(SOCK_DGRAM, udp_port_);
    ::send(socket.get(), query.data(), query.size(), 0);
    if (!run_until_readable(socket, std::chrono::seconds(6))) return std::nullopt;
    DnsBytes reply(2048);
    const ssize_t size = ::recv(socket.get(), reply.data(), reply.size(), 0);
    reply.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    return reply;
  }

  const schemas::ContainerName kWeb{"shop-web-1"};
  boost::asio::io_context loop_{1};
  std::optional<DnsServer> server_;
  FileDescriptor udp_;
  FileDescriptor tcp_;
  std::uint16_t udp_port_{0};
  std::uint16_t tcp_port_{0};
};

TEST_F(DnsServing, AnswersALocalNameOverUdp) {
  serve({});
  const auto reply = ask(query_for("web"));
  ASSERT_TRUE(reply);
  EXPECT_TRUE(network::answers_query(*reply, query_for("web")));
  EXPECT_EQ(network::code_of(*reply), network::DnsCode::NoError);
}

TEST_F(DnsServing, AnswersSeveralQueriesOfOneTcpConnection) {
  serve({});
  const FileDescriptor socket = open_to(SOCK_STREAM, tcp_port_);
  for (int round = 0; round < 2; ++round) {
    DnsBytes query = query_for("web");
    query.insert(query.begin(), {std::byte{0}, static_cast<std::byte>(query.size())});
    ::send(socket.get(), query.data(), query.size(), 0);
    ASSERT_TRUE(run_until_readable(socket, std::chrono::seconds(3)));
    DnsBytes reply(512);
    EXPECT_GT(::recv(socket.get(), reply.data(), reply.size(), 0), 12);
  }
}

TEST_F(DnsServing, ClosesAConnectionThatOnlyDrips) {
  serve({});
  const FileDescriptor socket = open_to(SOCK_STREAM, tcp_port_);
  ::send(socket.get(), "\xff\xff\0", 3, 0);
  ASSERT_TRUE(run_until_readable(socket, std::chrono::seconds(5)));  // the end of the stream
  char byte = 0;
  EXPECT_LE(::recv(socket.get(), &byte, 1, 0), 0);
}

TEST_F(DnsServing, ForwardsUnderAnIdOfItsOwnAndGivesTheAskersBack) {
  const FileDescriptor upstream = open_bound(SOCK_DGRAM);
  serve({{.address = {INADDR_LOOPBACK}, .port = port_of(upstream)}});
  const FileDescriptor asker = open_to(SOCK_DGRAM, udp_port_);
  const DnsBytes query = query_for("debian.org");
  ::send(asker.get(), query.data(), query.size(), 0);
  ASSERT_TRUE(run_until_readable(upstream, std::chrono::seconds(3)));

  DnsBytes forwarded(512);
  sockaddr_in from{};
  socklen_t length = sizeof from;
  const ssize_t size = ::recvfrom(upstream.get(), forwarded.data(), forwarded.size(), 0,
                                  reinterpret_cast<sockaddr*>(&from), &length);
  forwarded.resize(static_cast<std::size_t>(size));
  forwarded[2] |= std::byte{0x80};
  DnsBytes forged = forwarded;
  forged[0] ^= std::byte{1};  // another id: must be passed over
  const auto* to = reinterpret_cast<const sockaddr*>(&from);
  ::sendto(upstream.get(), forged.data(), forged.size(), 0, to, length);
  ::sendto(upstream.get(), forwarded.data(), forwarded.size(), 0, to, length);
  ASSERT_TRUE(run_until_readable(asker, std::chrono::seconds(3)));
  DnsBytes reply(512);
  const ssize_t got = ::recv(asker.get(), reply.data(), reply.size(), 0);
  reply.resize(static_cast<std::size_t>(got));
  EXPECT_TRUE(network::answers_query(reply, query));
}

TEST_F(DnsServing, FailsAtOnceWhenNoResolverListens) {
  std::uint16_t port = 0;
  {
    const FileDescriptor nobody = open_bound(SOCK_DGRAM);
    port = port_of(nobody);
  }
  serve({{.address = {INADDR_LOOPBACK}, .port = port}});
  const auto reply = ask(query_for("debian.org"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(network::code_of(*reply), network::DnsCode::ServFail);
}

TEST_F(DnsServing, AsksNobodyForAContainerWithoutAWayOut) {
  const FileDescriptor upstream = open_bound(SOCK_DGRAM);
  serve({{.address = {INADDR_LOOPBACK}, .port = port_of(upstream)}}, network::Forwarding::Refused);
  const auto reply = ask(query_for("debian.org"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(network::code_of(*reply), network::DnsCode::NxDomain);
  pollfd heard{.fd = upstream.get(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&heard, 1, 0), 0);
}

TEST_F(DnsServing, LeavesNothingInTheLoopAfterRemoval) {
  serve({});
  ASSERT_TRUE(ask(query_for("web")));
  server_->remove(kWeb);
  loop_.run_for(std::chrono::seconds(2));
  EXPECT_TRUE(loop_.stopped());
}

}  // namespace
}  // namespace orchestrator
