// Namespaces and veths of containers: few messages each, and nothing that is made twice.
#include "network/fabric/endpoint_set.hpp"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "network/fabric/sysctl.hpp"
#include "network/netlink/address.hpp"
#include "network/netlink/link.hpp"
#include "runtime/sys/namespaces.hpp"

namespace network {
namespace {

using schemas::Change;
using schemas::Result;

Result<> bring_loopback_up() {
  const runtime::FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", sizeof "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
  if (!socket || ::ioctl(socket.get(), SIOCSIFFLAGS, &request) < 0) {
    const int error = errno;
    return schemas::os_error(error, "bring lo up");
  }
  return {};
}

// A new namespace takes the host's forwarding over: a container in two networks would be a router
// between them. Switching it off makes the kernel believe ICMP redirects again, from any neighbour.
Result<> switch_forwarding_off() {
  for (const char* name : {"net/ipv4/ip_forward", "net/ipv4/conf/all/accept_redirects",
                           "net/ipv4/conf/default/accept_redirects"}) {
    auto off = ensure_sysctl(name, "0");
    if (!off) return schemas::pass_up(off);
  }
  return {};
}

// Before the first veth: with IPv6 on, each new port floods all others with multicast.
Result<> set_up_inside() {
  for (const char* interface : {"default", "lo"})
    if (auto off = switch_ipv6_off(interface); !off) return off;
  auto ports = ensure_sysctl("net/ipv4/ip_unprivileged_port_start", "0");
  if (!ports) return schemas::pass_up(ports);
  auto pings = ensure_sysctl("net/ipv4/ping_group_range", "0 2147483647");
  if (!pings) return schemas::pass_up(pings);
  if (auto off = switch_forwarding_off(); !off) return off;
  return bring_loopback_up();
}

// The MAC follows from the address (mac_of), so an address that is used again has the MAC that its
// neighbours remember: no gratuitous ARP is needed.
Result<> make_veth(NetlinkSocket& route, const schemas::KernelNames& names,
                   const runtime::FileDescriptor& endpoint_set, const EndpointSpec& endpoint,
                   const Link& bridge) {
  Message create = create_veth({.name = endpoint.veth,
                                .group = names.link_group(),
                                .mtu = endpoint.mtu.value_or(bridge.mtu),
                                .peer_name = endpoint.interface,
                                .peer_mac = schemas::mac_of(endpoint.address),
                                .peer_namespace = endpoint_set.get()});
  if (auto made = route.request(create); !made) return made;
  return switch_ipv6_off(endpoint.veth);
}

Result<> plug(NetlinkSocket& route, const schemas::KernelNames& names, const EndpointSpec& endpoint,
              const Link& bridge) {
  std::vector<Message> messages = plug_in(endpoint.veth, bridge.index, names.link_alias());
  auto done = route.request_all(messages);
  if (!done && done.error().text().ends_with(schemas::errno_text(EXFULL)))
    return schemas::pass_up(done, "bridge {} is full (1023 ports is the kernel's limit)",
                            endpoint.bridge);
  return done;
}

Result<> configure_inside(NetlinkSocket& inside, const EndpointSpec& endpoint) {
  auto link = find_link(inside, endpoint.interface);
  if (!link) return schemas::pass_up(link);
  if (!*link) return schemas::fail(schemas::ErrorKind::NotFound, "{} vanished", endpoint.interface);
  std::vector<Message> messages;
  messages.push_back(bring_up((*link)->index));
  messages.push_back(add_address(
      {.link = (*link)->index, .address = endpoint.address, .prefix = endpoint.prefix}));
  if (endpoint.gateway) messages.push_back(add_default_route(*endpoint.gateway));
  return inside.request_all(messages);
}

// The kernel learns later (linkwatch) that a link has its carrier, and until then the bridge drops:
// the first connection of a container would wait a second for its retransmission. Asking about a
// link makes it learn at once (rtnl_getlink() since Linux 6.8; before, it is merely asked).
Result<> settle(NetlinkSocket& route, NetlinkSocket& inside, const EndpointSpec& endpoint) {
  auto host_end = find_link(route, endpoint.veth);
  if (!host_end) return schemas::pass_up(host_end);
  auto peer = find_link(inside, endpoint.interface);
  if (!peer) return schemas::pass_up(peer);
  return {};
}

// Whether the host's end belongs to the interface in this namespace. Another container's old
// namespace may live on for some milliseconds with a veth of the same name.
Result<bool> is_our_peer(NetlinkSocket& inside, const EndpointSpec& endpoint,
                         const Link& host_end) {
  auto link = find_link(inside, endpoint.interface);
  if (!link) return schemas::pass_up(link);
  return *link && (*link)->peer == host_end.index && (*link)->index == host_end.peer;
}

Result<Change> attach_one(NetlinkSocket& route, NetlinkSocket& inside,
                          const schemas::KernelNames& names,
                          const runtime::FileDescriptor& endpoint_set,
                          const EndpointSpec& endpoint) {
  auto bridge = find_link(route, endpoint.bridge);
  if (!bridge) return schemas::pass_up(bridge);
  if (!*bridge)
    return schemas::fail(schemas::ErrorKind::NotFound, "bridge {} is not there", endpoint.bridge);
  auto host_end = find_link(route, endpoint.veth);
  if (!host_end) return schemas::pass_up(host_end);
  if (*host_end) {
    auto ours = is_our_peer(inside, endpoint, **host_end);
    if (!ours) return schemas::pass_up(ours);
    if (*ours && (*host_end)->up && (*host_end)->master == (*bridge)->index) return Change::Already;
    if (*ours) {
      auto done = plug(route, names, endpoint, **bridge);
      if (done) done = settle(route, inside, endpoint);
      if (!done) return schemas::pass_up(done);
      return Change::Made;
    }
    auto gone = detach_endpoint(route, endpoint.veth);
    if (!gone) return schemas::pass_up(gone);
  }
  auto made = make_veth(route, names, endpoint_set, endpoint, **bridge);
  if (made) made = configure_inside(inside, endpoint);
  if (made) made = plug(route, names, endpoint, **bridge);
  if (made) made = settle(route, inside, endpoint);
  if (made) return Change::Made;
  // A half-made veth would look attached to the next observation.
  std::ignore = detach_endpoint(route, endpoint.veth);
  return schemas::pass_up(made);
}

}  // namespace

Result<runtime::FileDescriptor> create_endpoint_set() {
  auto endpoint_set = runtime::create_network_namespace();
  if (!endpoint_set) return endpoint_set;
  auto inside = runtime::ScopedNamespace::enter(*endpoint_set, CLONE_NEWNET);
  if (!inside) return schemas::pass_up(inside);
  auto done = set_up_inside();
  if (!done) return schemas::pass_up(done, "set up a network namespace");
  return endpoint_set;
}

Result<Change> attach_endpoints(NetlinkSocket& route, const schemas::KernelNames& names,
                                const runtime::FileDescriptor& endpoint_set,
                                const std::vector<EndpointSpec>& endpoints) {
  if (endpoints.empty()) return Change::Already;
  auto inside = NetlinkSocket::open_in(endpoint_set, Protocol::Route);
  if (!inside) return schemas::pass_up(inside);
  Change change = Change::Already;
  for (const EndpointSpec& endpoint : endpoints) {
    auto done = attach_one(route, *inside, names, endpoint_set, endpoint);
    if (!done)
      return schemas::pass_up(done, "attach {} with {} to {}", endpoint.interface,
                              endpoint.address.text(), endpoint.bridge);
    if (*done == Change::Made) change = Change::Made;
  }
  return change;
}

Result<> detach_endpoint(NetlinkSocket& route, const std::string& veth) {
  Message message = delete_link(veth);
  auto done = route.request(message);
  if (!done && done.error().kind() == schemas::ErrorKind::NotFound) return {};
  if (!done) return schemas::pass_up(done, "delete {}", veth);
  return {};
}

}  // namespace network
