// Fabric: sockets and monitors of one project, and what was observed since the last change.
#include "network/fabric/fabric.hpp"

#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include <algorithm>

#include "network/fabric/bridge.hpp"
#include "network/fabric/ownership.hpp"
#include "network/fabric/subnet_book.hpp"
#include "network/netlink/conntrack.hpp"
#include "network/netlink/link.hpp"
#include "network/netlink/monitor_socket.hpp"
#include "network/netlink/table.hpp"

namespace network {

using schemas::Change;
using schemas::Result;

struct Fabric::State {
  schemas::KernelNames names;
  std::string root;
  NetlinkSocket route;
  NetlinkSocket netfilter;
  MonitorSocket link_monitor;
  MonitorSocket firewall_monitor;
  std::optional<LinkSnapshot> links;
  std::optional<FirewallState> firewall;
  std::uint32_t firewall_generation{0};
  std::optional<std::vector<schemas::Subnet>> routed;
  std::vector<schemas::FirewallPort> ports;  // of the last firewall that was applied
};

namespace {

// An UDP flow keeps its translation for as long as packets come: those that a changed port would
// lead elsewhere are forgotten, so that the next packet is looked up anew. Best effort: a kernel
// that cannot forget them lets them time out.
void forget_changed_flows(NetlinkSocket& netfilter,
                          const std::vector<schemas::FirewallPort>& before,
                          const std::vector<schemas::FirewallPort>& after) {
  std::vector<schemas::FirewallPort> changed;
  std::ranges::set_symmetric_difference(before, after, std::back_inserter(changed));
  for (const schemas::FirewallPort& one : changed) {
    if (one.port.transport != schemas::Transport::Udp) continue;
    FlowFilter filter{.protocol = IPPROTO_UDP, .asked_port = one.port.host_port};
    if (one.port.host_address.bits != 0) filter.asked_address = one.port.host_address;
    std::ignore = forget_flows(netfilter, filter);
  }
}

}  // namespace

Fabric::Fabric(std::unique_ptr<State> state) : state_(std::move(state)) {}
Fabric::Fabric(Fabric&&) noexcept = default;
Fabric& Fabric::operator=(Fabric&&) noexcept = default;
Fabric::~Fabric() = default;

Result<Fabric> Fabric::open(schemas::KernelNames names, std::string root) {
  auto route = NetlinkSocket::open(Protocol::Route);
  if (!route) return schemas::pass_up(route);
  auto netfilter = NetlinkSocket::open(Protocol::Netfilter);
  if (!netfilter) return schemas::pass_up(netfilter);
  auto link_monitor = MonitorSocket::open_for_links();
  if (!link_monitor) return schemas::pass_up(link_monitor);
  auto firewall_monitor = MonitorSocket::open_for_firewall(netfilter->port());
  if (!firewall_monitor) return schemas::pass_up(firewall_monitor);
  return Fabric(std::make_unique<State>(State{.names = std::move(names),
                                              .root = std::move(root),
                                              .route = std::move(*route),
                                              .netfilter = std::move(*netfilter),
                                              .link_monitor = std::move(*link_monitor),
                                              .firewall_monitor = std::move(*firewall_monitor),
                                              .links = std::nullopt,
                                              .firewall = std::nullopt,
                                              .routed = std::nullopt,
                                              .ports = {}}));
}

Result<Change> Fabric::create_network(const schemas::NetworkConfig& config,
                                      const schemas::Subnet& subnet) {
  auto claimed = claim_subnet(
      state_->root, {.project = state_->names.project, .network = config.name, .subnet = subnet});
  if (!claimed) return schemas::pass_up(claimed, "network {}", config.name);
  state_->links.reset();
  auto made = ensure_bridge(state_->route, state_->names,
                            {.name = state_->names.bridge(config.name),
                             .subnet = subnet,
                             .gateway = config.gateway.value_or(subnet.gateway()),
                             .mtu = config.mtu});
  if (!made) return schemas::pass_up(made, "network {}", config.name);
  return made;
}

Result<Change> Fabric::discard_network(const schemas::NetworkName& network) {
  state_->links.reset();
  auto gone = discard_bridge(state_->route, state_->names, state_->names.bridge(network));
  if (!gone) return schemas::pass_up(gone, "network {}", network);
  auto released = release_subnet(state_->root, state_->names.project, network);
  if (!released) return released;
  return *released == Change::Made ? Change::Made : *gone;
}

Result<Change> Fabric::attach(const runtime::FileDescriptor& endpoint_set,
                              const std::vector<EndpointSpec>& endpoints) {
  state_->links.reset();
  return attach_endpoints(state_->route, state_->names, endpoint_set, endpoints);
}

Result<> Fabric::detach(const std::string& veth) {
  state_->links.reset();
  return detach_endpoint(state_->route, veth);
}

Result<> Fabric::apply_firewall(const schemas::FirewallConfig& config) {
  state_->firewall.reset();
  auto done = network::apply_firewall(state_->netfilter, state_->names, config);
  if (!done) return done;
  forget_changed_flows(state_->netfilter, state_->ports, config.ports);
  state_->ports = config.ports;
  return {};
}

Result<Change> Fabric::withdraw_firewall() {
  state_->firewall.reset();
  auto gone = network::withdraw_firewall(state_->netfilter, state_->names);
  if (!gone) return gone;
  forget_changed_flows(state_->netfilter, state_->ports, {});
  state_->ports.clear();
  return gone;
}

Result<std::string> Fabric::foreign_drop_warning() {
  return network::foreign_drop_warning(state_->netfilter);
}

Result<LinkSnapshot> Fabric::observe_links() {
  drain_monitors();
  if (state_->links) return *state_->links;
  auto links = network::observe_links(state_->route, state_->names);
  if (links) state_->links = *links;
  return links;
}

Result<FirewallState> Fabric::observe_firewall() {
  // Dumping thousands of elements is only worth it when somebody changed something since.
  auto generation = ruleset_generation(state_->netfilter);
  if (!generation) return schemas::pass_up(generation);
  if (state_->firewall && state_->firewall_generation == *generation) return *state_->firewall;
  auto firewall = network::observe_firewall(state_->netfilter, state_->names);
  if (!firewall) return firewall;
  state_->firewall = *firewall;
  state_->firewall_generation = *generation;
  return firewall;
}

Result<std::vector<schemas::Subnet>> Fabric::observe_taken_subnets() {
  drain_monitors();
  if (!state_->routed) {
    auto routed = routed_subnets(state_->route, state_->names.link_group());
    if (!routed) return routed;
    state_->routed = std::move(*routed);
  }
  auto claims = read_subnet_book(state_->root);
  if (!claims) return schemas::pass_up(claims);
  std::vector<schemas::Subnet> taken = *state_->routed;
  for (const SubnetClaim& claim : *claims)
    if (claim.project != state_->names.project) taken.push_back(claim.subnet);
  std::ranges::sort(taken);
  const auto doubled = std::ranges::unique(taken);
  taken.erase(doubled.begin(), doubled.end());
  return taken;
}

std::vector<int> Fabric::monitors() const {
  return {state_->link_monitor.descriptor(), state_->firewall_monitor.descriptor()};
}

FabricChanges Fabric::drain_monitors() {
  FabricChanges changes;
  const auto outcome = state_->link_monitor.drain([&](const Received& received) {
    if (received.type != RTM_NEWLINK && received.type != RTM_DELLINK) {
      changes.routes = true;  // an address of a bridge of ours counts as a change of the bridge
      return;
    }
    const auto link = read_link(received);
    if (link && is_ours(*link, state_->names)) changes.links = true;
  });
  if (outcome == MonitorSocket::Outcome::Overrun) changes.links = changes.routes = true;
  const auto lost =
      state_->firewall_monitor.drain([&](const Received&) { changes.firewall = true; });
  if (lost == MonitorSocket::Outcome::Overrun) changes.firewall = true;
  if (changes.links || changes.routes) state_->links.reset();
  if (changes.routes) state_->routed.reset();
  return changes;
}

}  // namespace network
