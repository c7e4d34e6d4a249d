// Addresses and routes over rtnetlink(7), IPv4 only.
#include "network/netlink/address.hpp"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace network {
namespace {

std::uint32_t mask_of(std::uint8_t prefix) {
  return prefix == 0 ? 0 : ~std::uint32_t{0} << (32U - prefix);
}

}  // namespace

schemas::Result<std::vector<LinkAddress>> list_addresses(NetlinkSocket& route) {
  Message message(RTM_GETADDR, NLM_F_DUMP);
  ifaddrmsg header{};
  header.ifa_family = AF_INET;
  message.header(header);
  std::vector<LinkAddress> addresses;
  auto done = route.dump(message, [&](const Received& received) {
    const auto found = received.header<ifaddrmsg>();
    if (!found || found->ifa_family != AF_INET) return;
    const auto local = received.attributes(sizeof(ifaddrmsg)).address(IFA_LOCAL);
    if (local)
      addresses.push_back({.link = static_cast<int>(found->ifa_index),
                           .address = *local,
                           .prefix = found->ifa_prefixlen});
  });
  if (!done) return schemas::pass_up(done, "list addresses");
  return addresses;
}

schemas::Result<std::vector<Route>> list_routes(NetlinkSocket& route) {
  Message message(RTM_GETROUTE, NLM_F_DUMP);
  rtmsg header{};
  header.rtm_family = AF_INET;
  message.header(header);
  std::vector<Route> routes;
  auto done = route.dump(message, [&](const Received& received) {
    const auto found = received.header<rtmsg>();
    if (!found || found->rtm_table != RT_TABLE_MAIN || found->rtm_type != RTN_UNICAST) return;
    const Attributes attributes = received.attributes(sizeof(rtmsg));
    const auto base = attributes.address(RTA_DST).value_or(schemas::Ipv4Address{});
    routes.push_back({.destination = {.base = base, .prefix = found->rtm_dst_len},
                      .link = static_cast<int>(attributes.u32(RTA_OIF).value_or(0))});
  });
  if (!done) return schemas::pass_up(done, "list routes");
  return routes;
}

Message add_address(const LinkAddress& address) {
  Message message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  ifaddrmsg header{};
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = address.prefix;
  header.ifa_index = static_cast<unsigned>(address.link);
  const schemas::Ipv4Address broadcast{address.address.bits | ~mask_of(address.prefix)};
  message.header(header)
      .put_address(IFA_LOCAL, address.address)
      .put_address(IFA_ADDRESS, address.address)
      .put_address(IFA_BROADCAST, broadcast);
  return message;
}

Message add_default_route(schemas::Ipv4Address gateway) {
  Message message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
  rtmsg header{};
  header.rtm_family = AF_INET;
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = RTPROT_STATIC;
  header.rtm_scope = RT_SCOPE_UNIVERSE;
  header.rtm_type = RTN_UNICAST;
  message.header(header).put_address(RTA_GATEWAY, gateway);
  return message;
}

}  // namespace network
