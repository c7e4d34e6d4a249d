// Netlink notifications, with those that we caused filtered out inside the kernel where that works.
#include "network/netlink/monitor_socket.hpp"

#include <linux/filter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <initializer_list>

namespace network {
namespace {

constexpr int kReceiveBuffer = 1 << 20;  // a burst of links must not overrun it at once

schemas::Result<runtime::FileDescriptor> open_socket(int protocol) {
  runtime::FileDescriptor socket(
      ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (!socket) {
    const int error = errno;
    return schemas::os_error(error, "open a netlink monitor");
  }
  std::ignore = ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer,
                             sizeof kReceiveBuffer);
  return socket;
}

schemas::Result<> join(int socket, std::initializer_list<int> groups) {
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
    const int error = errno;
    return schemas::os_error(error, "bind a netlink monitor");
  }
  for (const int group : groups)
    if (::setsockopt(socket, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0) {
      const int error = errno;
      return schemas::os_error(error, "join netlink group {}", group);
    }
  return {};
}

}  // namespace

schemas::Result<MonitorSocket> MonitorSocket::open_for_links() {
  auto socket = open_socket(NETLINK_ROUTE);
  if (!socket) return schemas::pass_up(socket);
  auto joined = join(socket->get(), {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE});
  if (!joined) return schemas::pass_up(joined);
  return MonitorSocket(std::move(*socket));
}

schemas::Result<MonitorSocket> MonitorSocket::open_for_firewall(std::uint32_t own_port) {
  auto socket = open_socket(NETLINK_NETFILTER);
  if (!socket) return schemas::pass_up(socket);
  // A classic filter loads in network byte order, while netlink headers are in the host's.
  constexpr std::uint32_t kNewGeneration =
      __builtin_bswap16((NFNL_SUBSYS_NFTABLES << 8U) | NFT_MSG_NEWGEN);
  const std::uint32_t port = __builtin_bswap32(own_port);
  std::array<sock_filter, 6> code{{
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(nlmsghdr, nlmsg_type)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kNewGeneration, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(nlmsghdr, nlmsg_pid)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  const sock_fprog program{.len = code.size(), .filter = code.data()};
  if (::setsockopt(socket->get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0) {
    const int error = errno;
    return schemas::os_error(error, "filter a netlink monitor");
  }
  auto joined = join(socket->get(), {NFNLGRP_NFTABLES});
  if (!joined) return schemas::pass_up(joined);
  return MonitorSocket(std::move(*socket));
}

MonitorSocket::Outcome MonitorSocket::drain(const std::function<void(const Received&)>& each) {
  if (buffer_.empty()) buffer_.resize(32U << 10U);
  Outcome outcome = Outcome::Complete;
  while (true) {
    const ssize_t size = ::recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_TRUNC);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == ENOBUFS) {
      outcome = Outcome::Overrun;
      continue;
    }
    if (size <= 0) return outcome;
    if (static_cast<std::size_t>(size) > buffer_.size()) {
      outcome = Outcome::Overrun;
      continue;
    }
    split_messages(std::span(buffer_).first(static_cast<std::size_t>(size)), each);
  }
}

}  // namespace network
