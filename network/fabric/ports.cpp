// Reserving ports by binding them, deaf to whatever arrives.
#include "network/fabric/ports.hpp"

#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "network/fabric/port_holder.hpp"

namespace network {
namespace {

using schemas::Result;

// A classic filter that lets nothing in: no connection is taken before the firewall leads it on.
Result<> make_deaf(int socket) {
  sock_filter nothing BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog program{.len = 1, .filter = &nothing};
  if (::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0) return {};
  const int error = errno;
  return schemas::os_error(error, "attach a socket filter");
}

std::unexpected<schemas::Error> conflict(const schemas::PublishedPort& port) {
  const auto holder = find_port_holder(port);
  const std::string who = holder ? fmt::format("{} (pid {}) has it", holder->command, holder->pid)
                                 : std::string("another process has it");
  return schemas::fail(schemas::ErrorKind::Conflict,
                       "port {}:{}/{} of the host is in use: {}; choose another host port or stop "
                       "it",
                       port.host_address.text(), port.host_port,
                       schemas::transport_text(port.transport), who);
}

}  // namespace

Result<runtime::FileDescriptor> reserve_port(const schemas::PublishedPort& port) {
  const bool is_tcp = port.transport == schemas::Transport::Tcp;
  runtime::FileDescriptor socket(
      ::socket(AF_INET, (is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) {
    const int error = errno;
    return schemas::os_error(error, "open a socket for {}", port.text());
  }
  if (auto deaf = make_deaf(socket.get()); !deaf) return schemas::pass_up(deaf);
  // Only TCP: connections in TIME_WAIT must not keep a port busy, but two UDP sockets would share
  // it.
  const int on = 1;
  if (is_tcp && ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) {
    const int error = errno;
    return schemas::os_error(error, "prepare a socket for {}", port.text());
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port.host_port);
  address.sin_addr.s_addr = htonl(port.host_address.bits);
  const bool bound =
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      (!is_tcp || ::listen(socket.get(), 1) == 0);
  if (bound) return socket;
  const int error = errno;
  if (error == EADDRINUSE) return conflict(port);
  if (error == EADDRNOTAVAIL)
    return schemas::fail(schemas::ErrorKind::Invalid,
                         "publish {}: {} is not an address of this host; leave it out to publish "
                         "on all of them",
                         port.text(), port.host_address.text());
  return schemas::os_error(error, "publish {}", port.text());
}

}  // namespace network
