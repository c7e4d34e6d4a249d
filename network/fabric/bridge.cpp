// Making bridges: each missing part is made, so a half-made or half-lost bridge is simply
// completed.
#include "network/fabric/bridge.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "network/fabric/ownership.hpp"
#include "network/fabric/sysctl.hpp"
#include "network/netlink/address.hpp"
#include "network/netlink/link.hpp"

namespace network {
namespace {

using schemas::Change;
using schemas::Result;

constexpr std::uint32_t kUsualMtu = 1500;

schemas::MacAddress random_mac() {
  schemas::MacAddress mac;
  // Short reads are impossible below 256 bytes (getrandom(2)).
  std::ignore = ::getrandom(mac.bytes.data(), mac.bytes.size(), 0);
  mac.bytes[0] = static_cast<std::uint8_t>((mac.bytes[0] & 0xfcU) | 0x02U);  // local, unicast
  return mac;
}

// A bridge larger than the way out makes packets that vanish behind a VPN.
Result<std::uint32_t> default_mtu(NetlinkSocket& route) {
  auto routes = list_routes(route);
  if (!routes) return schemas::pass_up(routes);
  const auto way_out = std::ranges::find_if(
      *routes, [](const Route& one) { return one.destination.prefix == 0 && one.link != 0; });
  if (way_out == routes->end()) return kUsualMtu;
  auto links = list_links(route);
  if (!links) return schemas::pass_up(links);
  const auto link = std::ranges::find(*links, way_out->link, &Link::index);
  if (link == links->end() || link->mtu == 0) return kUsualMtu;
  return link->mtu;
}

Result<> make(NetlinkSocket& route, const schemas::KernelNames& names, const BridgeSpec& spec) {
  Result<std::uint32_t> mtu = spec.mtu ? Result<std::uint32_t>(*spec.mtu) : default_mtu(route);
  if (!mtu) return schemas::pass_up(mtu);
  Message message = create_bridge(
      {.name = spec.name, .mac = random_mac(), .group = names.link_group(), .mtu = *mtu});
  return route.request(message);
}

// IPv6 off (nobody may advertise itself as our router: CVE-2020-13401); route_localnet lets the
// host's loopback reach published ports, which the firewall keeps others from abusing.
Result<> set_up(const std::string& bridge) {
  if (auto off = switch_ipv6_off(bridge); !off) return off;
  auto quiet = ensure_sysctl("net/ipv6/conf/" + bridge + "/accept_ra", "0");
  if (!quiet && quiet.error().kind() != schemas::ErrorKind::NotFound)
    return schemas::pass_up(quiet);
  for (const char* setting : {"/route_localnet", "/forwarding"}) {
    auto done = ensure_sysctl("net/ipv4/conf/" + bridge + setting, "1");
    if (!done) return schemas::pass_up(done);
  }
  return {};
}

}  // namespace

Result<Change> ensure_bridge(NetlinkSocket& route, const schemas::KernelNames& names,
                             const BridgeSpec& spec) {
  auto found = find_link(route, spec.name);
  if (!found) return schemas::pass_up(found);
  if (*found && (!is_ours(**found, names) || (*found)->kind != "bridge"))
    return schemas::fail(schemas::ErrorKind::Conflict,
                         "bridge {}: a link of that name exists that is not ours; remove it",
                         spec.name);
  Change change = Change::Already;
  if (!*found) {
    auto made = make(route, names, spec);
    if (!made) return schemas::pass_up(made, "bridge {}", spec.name);
    change = Change::Made;
    found = find_link(route, spec.name);
    if (!found) return schemas::pass_up(found);
    if (!*found)
      return schemas::fail(schemas::ErrorKind::NotFound, "bridge {}: gone at once", spec.name);
  }
  const Link& link = **found;
  if (auto done = set_up(spec.name); !done) return schemas::pass_up(done, "bridge {}", spec.name);

  std::vector<Message> missing;
  if (link.alias.empty()) missing.push_back(set_alias(spec.name, names.link_alias()));
  auto addresses = list_addresses(route);
  if (!addresses) return schemas::pass_up(addresses, "bridge {}", spec.name);
  const LinkAddress wanted{
      .link = link.index, .address = spec.gateway, .prefix = spec.subnet.prefix};
  if (std::ranges::find(*addresses, wanted) == addresses->end())
    missing.push_back(add_address(wanted));
  if (!link.up) missing.push_back(bring_up(link.index));
  if (missing.empty()) return change;
  if (auto done = route.request_all(missing); !done)
    return schemas::pass_up(done, "bridge {}", spec.name);
  return Change::Made;
}

Result<Change> discard_bridge(NetlinkSocket& route, const schemas::KernelNames& names,
                              const std::string& bridge) {
  auto found = find_link(route, bridge);
  if (!found) return schemas::pass_up(found);
  if (!*found || !is_ours(**found, names)) return Change::Already;
  Message message = delete_link(bridge);
  auto done = route.request(message);
  if (!done && done.error().kind() == schemas::ErrorKind::NotFound) return Change::Already;
  if (!done) return schemas::pass_up(done, "discard bridge {}", bridge);
  return Change::Made;
}

Result<> discard_all_links(NetlinkSocket& route, const schemas::KernelNames& names) {
  Message message = delete_link_group(names.link_group());
  auto done = route.request(message);
  if (!done && done.error().kind() == schemas::ErrorKind::NotFound) return {};
  if (!done) return schemas::pass_up(done, "discard the links of {}", names.project);
  return {};
}

}  // namespace network
