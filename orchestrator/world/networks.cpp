// The fabric behind the world: records of what was asked for, statuses of what the kernel shows.
#include "orchestrator/world/networks.hpp"

#include <algorithm>
#include <utility>

#include "network/fabric/ports.hpp"
#include "network/fabric/subnet_book.hpp"
#include "runtime/sys/files.hpp"

namespace orchestrator {

using schemas::Change;
using schemas::ErrorKind;
using schemas::NetworkName;
using schemas::Node;
using schemas::PublishedPort;
using schemas::Result;

namespace {

constexpr const char* kRecords = "networks.json";
constexpr std::string_view kPortPrefix = "port:";

std::string held_name(const PublishedPort& port) {
  return fmt::format("{}{}:{}:{}:{}", kPortPrefix, schemas::transport_text(port.transport),
                     port.host_address.text(), port.host_port, port.container_port);
}

// The port that a holder's name stands for.
std::optional<PublishedPort> read_held_name(std::string_view name) {
  if (!name.starts_with(kPortPrefix)) return std::nullopt;
  for (const schemas::Transport transport : {schemas::Transport::Tcp, schemas::Transport::Udp}) {
    std::string_view rest = name.substr(kPortPrefix.size());
    const std::string head = std::string(schemas::transport_text(transport)) + ":";
    if (!rest.starts_with(head)) continue;
    rest.remove_prefix(head.size());
    const std::size_t first = rest.find(':');
    const std::size_t second = rest.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
    auto address = schemas::read_ipv4(rest.substr(0, first));
    if (!address) return std::nullopt;
    const auto host = std::stoul(std::string(rest.substr(first + 1, second - first - 1)));
    const auto inside = std::stoul(std::string(rest.substr(second + 1)));
    return PublishedPort{*address, static_cast<std::uint16_t>(host),
                         static_cast<std::uint16_t>(inside), transport};
  }
  return std::nullopt;
}

schemas::Ipv4Address gateway_in(const schemas::NetworkStatus& status) {
  return status.config.gateway.value_or(status.subnet.gateway());
}

}  // namespace

Networks::Networks(runtime::StateLayout layout, schemas::KernelNames names, network::Fabric fabric)
    : layout_(std::move(layout)), names_(std::move(names)), fabric_(std::move(fabric)) {}

Result<Networks> Networks::open(const runtime::StateLayout& layout,
                                const schemas::KernelNames& names) {
  auto fabric = network::Fabric::open(names, layout.root);
  if (!fabric) return pass_up(fabric);
  Networks networks(layout, names, std::move(*fabric));
  auto read = networks.read_records();
  if (!read && read.error().kind() == ErrorKind::Invalid) read = networks.read_claims();
  if (!read) return pass_up(read, "read {}", kRecords);
  return networks;
}

Result<> Networks::watch(WakeSet& wakes) {
  for (const int monitor : fabric_.monitors()) {
    // The wake set refers to a descriptor by its object; the monitor itself stays the fabric's.
    runtime::FileDescriptor borrowed(monitor);
    monitors_.push_back(borrowed.duplicate());
    static_cast<void>(borrowed.release());
    if (auto watched = wakes.watch(monitors_.back(), {WakeKind::Links, "links"}); !watched) {
      return pass_up(watched);
    }
  }
  return {};
}

void Networks::recover_ports(HeldDescriptors& held) {
  for (auto each = held.begin(); each != held.end();) {
    if (const auto port = read_held_name(each->first)) {
      ports_.insert_or_assign(*port, std::move(each->second));
      each = held.erase(each);
    } else {
      ++each;
    }
  }
}

Result<> Networks::observe(ObservedState& state) {
  auto links = fabric_.observe_links();
  if (!links) return pass_up(links);
  state.networks = records_;
  for (auto& [name, status] : state.networks) {
    status.bridge_up = links->is_up(names_.bridge(name), gateway_in(status));
  }
  auto firewall = fabric_.observe_firewall();
  if (!firewall) return pass_up(firewall);
  state.firewall = {.intact = firewall->intact, .fingerprint = firewall->fingerprint};
  auto taken = fabric_.observe_taken_subnets();
  if (!taken) return pass_up(taken);
  state.taken_subnets = std::move(*taken);
  state.reserved_ports.clear();
  for (const auto& [port, socket] : ports_) state.reserved_ports.push_back(port);
  return {};
}

Result<Change> Networks::create(const schemas::NetworkConfig& config,
                                const schemas::Subnet& subnet) {
  auto made = fabric_.create_network(config, subnet);
  if (!made) return pass_up(made);
  records_.insert_or_assign(config.name,
                            schemas::NetworkStatus{.config = config, .subnet = subnet});
  if (auto written = write_records(); !written) return pass_up(written);
  return *made;
}

Result<Change> Networks::discard(const NetworkName& network) {
  auto gone = fabric_.discard_network(network);
  if (!gone) return pass_up(gone);
  records_.erase(network);
  if (auto written = write_records(); !written) return pass_up(written);
  return *gone;
}

Result<Change> Networks::apply_firewall(const schemas::FirewallConfig& config) {
  if (auto applied = fabric_.apply_firewall(config); !applied) return pass_up(applied);
  return Change::Made;
}

Result<Change> Networks::withdraw_firewall() { return fabric_.withdraw_firewall(); }

Result<Change> Networks::reserve(const PublishedPort& port, Holder& holder) {
  if (ports_.contains(port)) return Change::Already;
  auto socket = network::reserve_port(port);
  if (!socket) return pass_up(socket);
  if (auto held = holder.hold(held_name(port), *socket); !held) return pass_up(held);
  ports_.emplace(port, std::move(*socket));
  return Change::Made;
}

Result<Change> Networks::release(const PublishedPort& port, Holder& holder) {
  if (ports_.erase(port) == 0) return Change::Already;
  if (auto dropped = holder.drop(held_name(port)); !dropped) return pass_up(dropped);
  return Change::Made;
}

Result<Change> Networks::attach(const runtime::FileDescriptor& endpoint_set,
                                const schemas::ContainerName& container,
                                const std::vector<schemas::EndpointConfig>& wanted,
                                const std::vector<schemas::EndpointStatus>& endpoints) {
  auto specs = network::plan_endpoints(names_, container, wanted, endpoints, records_);
  if (!specs) return pass_up(specs);
  return fabric_.attach(endpoint_set, *specs);
}

Result<network::LinkSnapshot> Networks::observe_links() { return fabric_.observe_links(); }

bool Networks::is_attached(const network::LinkSnapshot& links,
                           const schemas::ContainerName& container,
                           const NetworkName& network) const {
  return links.is_attached(names_.veth(container, network), names_.bridge(network));
}

std::optional<schemas::Ipv4Address> Networks::gateway_of(const NetworkName& network) const {
  const auto found = records_.find(network);
  if (found == records_.end()) return std::nullopt;
  return gateway_in(found->second);
}

std::string Networks::foreign_drop_warning() {
  auto warning = fabric_.foreign_drop_warning();
  return warning ? *warning : std::string();
}

Result<> Networks::read_records() {
  auto text = runtime::read_file(layout_.project_run(names_.project) + "/" + kRecords);
  if (!text) {
    if (text.error().kind() == ErrorKind::NotFound) return {};
    return pass_up(text);
  }
  auto node = schemas::read_json(*text, kRecords);
  if (!node) return pass_up(node);
  for (const Node& item : node->items) {
    const Node* config = item.find("config");
    const Node* subnet = item.find("subnet");
    if (config == nullptr || subnet == nullptr) {
      return schemas::fail(ErrorKind::Invalid, "{} lacks a field", kRecords);
    }
    auto read = schemas::read_network_config(*config);
    if (!read) return pass_up(read);
    auto range = schemas::read_subnet(subnet->text);
    if (!range) return pass_up(range);
    const NetworkName name = read->name;
    records_.emplace(name, schemas::NetworkStatus{.config = std::move(*read), .subnet = *range});
  }
  return {};
}

// From a damaged record nothing is believed. The subnet book still knows which networks are ours:
// enough to discard them, or to replace them by what is wanted.
Result<> Networks::read_claims() {
  records_.clear();
  auto claims = network::read_subnet_book(layout_.root);
  if (!claims) return pass_up(claims);
  for (const network::SubnetClaim& claim : *claims) {
    if (claim.project != names_.project) continue;
    schemas::NetworkStatus status{.subnet = claim.subnet};
    status.config.name = claim.network;
    records_.emplace(claim.network, std::move(status));
  }
  return {};
}

Result<> Networks::write_records() const {
  Node all = Node::sequence();
  for (const auto& [name, status] : records_) {
    Node item = Node::mapping();
    item.set("config", schemas::write_network_config(status.config));
    item.set("subnet", Node::string(status.subnet.text()));
    all.add(std::move(item));
  }
  auto directory = runtime::ensure_directory(layout_.project_run(names_.project), 0700);
  if (!directory) return pass_up(directory);
  return runtime::write_file_at(*directory, kRecords, schemas::write_json(all));
}

}  // namespace orchestrator
