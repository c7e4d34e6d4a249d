// Writes the canonical model: name, services, and what they use.
#include "schemas/spec/write.hpp"

#include "schemas/spec/interpolate.hpp"
#include "schemas/spec/write_service.hpp"
#include "schemas/vocabulary/fields.hpp"

namespace schemas {

namespace {

Node write_ipam(const SpecNetwork& network) {
  Node config = Node::mapping();
  config.set("subnet", Node::string(network.subnet->text()));
  if (network.gateway) config.set("gateway", Node::string(network.gateway->text()));
  Node configs = Node::sequence();
  configs.add(std::move(config));
  Node ipam = Node::mapping();
  ipam.set("config", std::move(configs));
  return ipam;
}

Node write_network(const SpecNetwork& network) {
  Node node = Node::mapping();
  node.set("name", Node::string(network.name));
  if (network.mtu) {
    Node options = Node::mapping();
    options.set("com.docker.network.driver.mtu", Node::string(fmt::format("{}", *network.mtu)));
    node.set("driver_opts", std::move(options));
  }
  if (network.reach == Reach::Internal) node.set("internal", Node::boolean(true));
  if (network.subnet) node.set("ipam", write_ipam(network));
  return node;
}

Node write_volume(const SpecVolume& volume) {
  Node node = Node::mapping();
  node.set("name", Node::string(volume.name));
  if (volume.external) node.set("external", Node::boolean(true));
  return node;
}

Node write_file(const SpecFile& file) {
  Node node = Node::mapping();
  node.set("file", Node::string(file.file));
  return node;
}

template <typename Map, typename Write>
void set_group(Node& node, const std::string& key, const Map& map, Write write) {
  if (map.empty()) return;
  Node group = Node::mapping();
  for (const auto& [name, value] : map) group.set(name, write(value));
  node.set(key, std::move(group));
}

// Where the model came from: `config` files need it no more, labels of containers do.
Node write_origin(const Spec& spec) {
  Node origin = Node::mapping();
  origin.set("working_directory", Node::string(spec.working_directory));
  origin.set("project_files", write_texts(spec.project_files));
  return origin;
}

}  // namespace

Node write_spec(const Spec& spec) {
  Node node = Node::mapping();
  node.set("name", Node::string(spec.name.text));
  Node services = Node::mapping();
  services.entries.reserve(spec.services.size());
  for (const auto& [name, service] : spec.services) {
    services.entries.push_back({.key = name.text, .key_mark = {}, .value = write_service(service)});
  }
  node.set("services", std::move(services));
  set_group(node, "networks", spec.networks, write_network);
  set_group(node, "volumes", spec.volumes, write_volume);
  set_group(node, "secrets", spec.secrets, write_file);
  set_group(node, "configs", spec.configs, write_file);
  node.set("x-tutti", write_origin(spec));
  return escape_dollars(std::move(node));
}

}  // namespace schemas
