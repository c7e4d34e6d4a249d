// Reads networks and endpoints.
#include "schemas/spec/parse/networks.hpp"

#include <algorithm>

namespace schemas {

namespace {

constexpr std::int64_t kInt32Max = std::numeric_limits<std::int32_t>::max();

std::optional<Ipv4Address> parse_address(const Section& section, std::string_view key) {
  const auto text = section.text(key);
  if (!text) return {};
  auto address = read_ipv4(*text);
  if (address) return *address;
  section.refuse(key, address.error().text());
  return {};
}

std::int32_t parse_priority(const Section& section, std::string_view key) {
  return static_cast<std::int32_t>(section.integer(key, -kInt32Max, kInt32Max).value_or(0));
}

void parse_ipam(SpecNetwork& network, const Section& section, Findings& findings) {
  const Node* node = section.find("ipam");
  if (node == nullptr) return;
  const Section ipam(*node, section.path("ipam"), keys::kIpam, findings);
  static_cast<void>(ipam.choice("driver", {"default"}));
  const std::vector<Node>& configs = ipam.items("config");
  if (configs.size() > 1) ipam.refuse("config", "more than one subnet is not supported yet");
  if (configs.empty()) return;
  const Section config(configs.front(), ipam.path("config") + "[0]", keys::kIpamConfig, findings);
  if (const auto text = config.text("subnet")) {
    auto subnet = read_subnet(*text);
    if (subnet) network.subnet = *subnet;
    if (!subnet) config.refuse("subnet", subnet.error().text());
  }
  network.gateway = parse_address(config, "gateway");
}

void parse_driver_options(SpecNetwork& network, const Section& section, Findings& findings) {
  const Node* node = section.find("driver_opts");
  if (node == nullptr) return;
  const Section options(*node, section.path("driver_opts"), keys::kDriverOptions, findings);
  if (const auto mtu = options.integer("com.docker.network.driver.mtu", 68, 65535)) {
    network.mtu = static_cast<std::uint32_t>(*mtu);
  }
}

// DNS is case-insensitive, and so are we.
std::string to_lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

ServiceNetwork parse_place(const Node::Entry& entry, const std::string& path, Findings& findings) {
  ServiceNetwork place{.key = entry.key, .aliases = {}, .ipv4_address = {}};
  if (entry.value.is_null()) return place;
  const Section section(entry.value, path, keys::kServiceNetwork, findings);
  for (const std::string& alias : section.texts("aliases")) {
    place.aliases.push_back(to_lower(alias));
  }
  place.ipv4_address = parse_address(section, "ipv4_address");
  place.priority = parse_priority(section, "priority");
  place.gw_priority = parse_priority(section, "gw_priority");
  return place;
}

}  // namespace

SpecNetwork parse_network(const Node::Entry& entry, Findings& findings) {
  const Node& node = entry.value;
  SpecNetwork network;
  network.key = entry.key;
  network.mark = entry.key_mark;
  if (node.is_null()) return network;
  const Section section(node, "networks." + entry.key, keys::kNetwork, findings);
  network.name = section.text("name").value_or("");
  static_cast<void>(section.choice("driver", {"bridge"}));
  if (section.boolean("internal").value_or(false)) network.reach = Reach::Internal;
  parse_ipam(network, section, findings);
  parse_driver_options(network, section, findings);
  return network;
}

std::vector<ServiceNetwork> parse_service_networks(const Section& service, Findings& findings) {
  std::vector<ServiceNetwork> places;
  const Node* node = service.find("networks");
  if (node == nullptr) return places;
  if (node->kind == Node::Kind::Mapping) {
    for (const Node::Entry& entry : node->entries) {
      places.push_back(parse_place(entry, service.path("networks") + "." + entry.key, findings));
    }
  } else {
    for (const Node& item : service.items("networks")) {
      if (item.is_scalar()) {
        places.push_back({.key = item.text, .aliases = {}, .ipv4_address = {}});
      } else {
        findings.error(item.mark, service.path("networks"), "every item must be a network's name");
      }
    }
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const auto& left, const auto& right) { return left.key < right.key; });
  const auto twice =
      std::adjacent_find(places.begin(), places.end(),
                         [](const auto& left, const auto& right) { return left.key == right.key; });
  if (twice != places.end()) {
    service.refuse("networks", fmt::format("network `{}` is named twice", twice->key));
  }
  return places;
}

NetworkMode parse_network_mode(const Section& service) {
  const auto mode = service.text("network_mode");
  if (mode &&
      (mode->starts_with("service:") || mode->starts_with("container:") || *mode == "bridge")) {
    service.refuse("network_mode", fmt::format("`{}` is not supported yet", *mode));
    return NetworkMode::Bridged;
  }
  const auto which = service.choice("network_mode", {"host", "none"});
  if (!which) return NetworkMode::Bridged;
  return *which == 0 ? NetworkMode::Host : NetworkMode::None;
}

}  // namespace schemas
