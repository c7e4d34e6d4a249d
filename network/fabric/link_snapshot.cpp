// Two dumps, and who hangs on whom.
#include "network/fabric/link_snapshot.hpp"

#include <algorithm>

#include "network/fabric/ownership.hpp"
#include "network/netlink/address.hpp"
#include "network/netlink/link.hpp"

namespace network {

bool LinkSnapshot::is_up(const std::string& bridge, schemas::Ipv4Address gateway) const {
  const auto found = bridges.find(bridge);
  return found != bridges.end() && found->second.up &&
         std::ranges::find(found->second.addresses, gateway) != found->second.addresses.end();
}

bool LinkSnapshot::is_attached(const std::string& veth, const std::string& bridge) const {
  const auto found = veths.find(veth);
  return found != veths.end() && found->second == bridge;
}

schemas::Result<LinkSnapshot> observe_links(NetlinkSocket& route,
                                            const schemas::KernelNames& names) {
  auto links = list_links(route);
  if (!links) return schemas::pass_up(links);
  std::erase_if(*links, [&](const Link& link) { return !is_ours(link, names); });
  auto addresses = list_addresses(route);
  if (!addresses) return schemas::pass_up(addresses);

  LinkSnapshot snapshot;
  std::map<int, std::string> names_by_index;
  for (const Link& link : *links) {
    if (link.kind != "bridge") continue;
    names_by_index[link.index] = link.name;
    LinkSnapshot::BridgeLink& bridge = snapshot.bridges[link.name];
    bridge.up = link.up;
    for (const LinkAddress& address : *addresses)
      if (address.link == link.index) bridge.addresses.push_back(address.address);
  }
  for (const Link& link : *links)
    if (link.kind == "veth" && link.up) {
      const auto bridge = names_by_index.find(link.master);
      snapshot.veths[link.name] = bridge == names_by_index.end() ? "" : bridge->second;
    }
  return snapshot;
}

}  // namespace network
