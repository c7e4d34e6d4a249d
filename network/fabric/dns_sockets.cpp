// Opening 127.0.0.11:53 from inside: a socket stays in the namespace where it was made.
#include "network/fabric/dns_sockets.hpp"

#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#include <cerrno>

#include "runtime/sys/namespaces.hpp"

namespace network {
namespace {

constexpr std::uint32_t kAddress = 0x7f00000b;  // 127.0.0.11
constexpr std::uint16_t kPort = 53;
constexpr int kBacklog = 64;

schemas::Result<runtime::FileDescriptor> open_bound(int type) {
  runtime::FileDescriptor socket(::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kPort);
  address.sin_addr.s_addr = htonl(kAddress);
  // Connections of an earlier supervisor may still be in TIME_WAIT.
  if (!socket || ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
      (type == SOCK_STREAM && ::listen(socket.get(), kBacklog) < 0)) {
    const int error = errno;
    return schemas::os_error(error, "open 127.0.0.11:53 in a container's network");
  }
  return socket;
}

}  // namespace

schemas::Result<DnsSockets> open_dns_sockets(const runtime::FileDescriptor& endpoint_set) {
  auto inside = runtime::ScopedNamespace::enter(endpoint_set, CLONE_NEWNET);
  if (!inside) return schemas::pass_up(inside);
  auto udp = open_bound(SOCK_DGRAM);
  if (!udp) return schemas::pass_up(udp);
  auto tcp = open_bound(SOCK_STREAM);
  if (!tcp) return schemas::pass_up(tcp);
  return DnsSockets{.udp = std::move(*udp), .tcp = std::move(*tcp)};
}

}  // namespace network
