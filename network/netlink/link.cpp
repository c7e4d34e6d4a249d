// Links over rtnetlink(7): the attributes that bridges and veths need, and nothing else.
#include "network/netlink/link.hpp"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/socket.h>

namespace network {
namespace {

ifinfomsg link_header(int index, unsigned flags) {
  ifinfomsg header{};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = index;
  header.ifi_flags = flags;
  header.ifi_change = flags;
  return header;
}

// Statistics of each link would be most of the answer.
void leave_out_statistics(Message& message) {
  message.put_u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

}  // namespace

std::optional<Link> read_link(const Received& received) {
  const auto header = received.header<ifinfomsg>();
  if (!header) return std::nullopt;
  const Attributes attributes = received.attributes(sizeof(ifinfomsg));
  return Link{.index = header->ifi_index,
              .name = attributes.text(IFLA_IFNAME),
              .kind = attributes.nest(IFLA_LINKINFO).text(IFLA_INFO_KIND),
              .alias = attributes.text(IFLA_IFALIAS),
              .group = attributes.u32(IFLA_GROUP).value_or(0),
              .mtu = attributes.u32(IFLA_MTU).value_or(0),
              .master = static_cast<int>(attributes.u32(IFLA_MASTER).value_or(0)),
              .peer = static_cast<int>(attributes.u32(IFLA_LINK).value_or(0)),
              .up = (header->ifi_flags & IFF_UP) != 0};
}

schemas::Result<std::vector<Link>> list_links(NetlinkSocket& route) {
  Message message(RTM_GETLINK, NLM_F_DUMP);
  message.header(link_header(0, 0));
  leave_out_statistics(message);
  std::vector<Link> links;
  auto done = route.dump(message, [&](const Received& received) {
    if (auto link = read_link(received)) links.push_back(std::move(*link));
  });
  if (!done) return schemas::pass_up(done, "list links");
  return links;
}

schemas::Result<std::optional<Link>> find_link(NetlinkSocket& route, const std::string& name) {
  Message message(RTM_GETLINK, 0);
  message.header(link_header(0, 0)).put_text(IFLA_IFNAME, name);
  leave_out_statistics(message);
  std::optional<Link> found;
  auto done = route.dump(message, [&](const Received& received) { found = read_link(received); });
  if (!done && done.error().kind() == schemas::ErrorKind::NotFound)
    return std::optional<Link>(std::nullopt);
  if (!done) return schemas::pass_up(done, "look for link {}", name);
  return found;
}

Message create_bridge(const NewBridge& bridge) {
  Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  // A MAC given at birth stays; else the bridge takes the lowest of its ports' and changes it.
  message.header(link_header(0, 0))
      .put_text(IFLA_IFNAME, bridge.name)
      .put(IFLA_ADDRESS, std::as_bytes(std::span(bridge.mac.bytes)))
      .put_u32(IFLA_GROUP, bridge.group)
      .put_u32(IFLA_MTU, bridge.mtu)
      .nest(IFLA_LINKINFO, [](Message& info) { info.put_text(IFLA_INFO_KIND, "bridge"); });
  return message;
}

Message create_veth(const NewVeth& veth) {
  Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.header(link_header(0, 0))
      .put_text(IFLA_IFNAME, veth.name)
      .put_u32(IFLA_GROUP, veth.group)
      .put_u32(IFLA_MTU, veth.mtu);
  message.nest(IFLA_LINKINFO, [&](Message& info) {
    info.put_text(IFLA_INFO_KIND, "veth").nest(IFLA_INFO_DATA, [&](Message& data) {
      data.nest(VETH_INFO_PEER, [&](Message& peer) {
        peer.header(link_header(0, 0))
            .put_text(IFLA_IFNAME, veth.peer_name)
            .put(IFLA_ADDRESS, std::as_bytes(std::span(veth.peer_mac.bytes)))
            .put_u32(IFLA_MTU, veth.mtu)
            .put_u32(IFLA_NET_NS_FD, static_cast<std::uint32_t>(veth.peer_namespace));
      });
    });
  });
  return message;
}

Message bring_up(int index) {
  Message message(RTM_NEWLINK, 0);
  message.header(link_header(index, IFF_UP));
  return message;
}

Message set_alias(const std::string& name, const std::string& alias) {
  Message message(RTM_NEWLINK, 0);
  message.header(link_header(0, 0))
      .put_text(IFLA_IFNAME, name)
      .put(IFLA_IFALIAS, std::as_bytes(std::span(alias)));
  return message;
}

std::vector<Message> plug_in(const std::string& veth, int bridge, const std::string& alias) {
  std::vector<Message> messages;
  Message& port = messages.emplace_back(RTM_NEWLINK, 0);
  port.header(link_header(0, 0))
      .put_text(IFLA_IFNAME, veth)
      .put_u32(IFLA_MASTER, static_cast<std::uint32_t>(bridge));
  // Hairpin is needed where br_netfilter hands a container's packets to the NAT rules inside the
  // bridge. It is a property of the port, so the veth must be one before.
  Message& up = messages.emplace_back(RTM_NEWLINK, 0);
  up.header(link_header(0, IFF_UP))
      .put_text(IFLA_IFNAME, veth)
      .put(IFLA_IFALIAS, std::as_bytes(std::span(alias)))
      .nest(IFLA_LINKINFO, [](Message& info) {
        info.put_text(IFLA_INFO_SLAVE_KIND, "bridge").nest(IFLA_INFO_SLAVE_DATA, [](Message& data) {
          data.put_u8(IFLA_BRPORT_MODE, 1);
        });
      });
  return messages;
}

Message delete_link(const std::string& name) {
  Message message(RTM_DELLINK, 0);
  message.header(link_header(0, 0)).put_text(IFLA_IFNAME, name);
  return message;
}

Message delete_link_group(std::uint32_t group) {
  Message message(RTM_DELLINK, 0);
  message.header(link_header(0, 0)).put_u32(IFLA_GROUP, group);
  return message;
}

}  // namespace network
