// Networks as text and as records.
#include "schemas/vocabulary/config/network_config.hpp"

#include <limits>

#include "schemas/vocabulary/config/container_config.hpp"
#include "schemas/vocabulary/fields.hpp"

namespace schemas {

std::string PublishedPort::text() const {
  return fmt::format("{}:{}->{}/{}", host_address.text(), host_port, container_port,
                     transport_text(transport));
}

std::string_view transport_text(Transport transport) {
  return transport == Transport::Tcp ? "tcp" : "udp";
}

Node write_network_config(const NetworkConfig& config) {
  Node node = Node::mapping();
  node.set("name", Node::string(config.name.text));
  node.set("key", Node::string(config.key));
  if (config.subnet) node.set("subnet", Node::string(config.subnet->text()));
  if (config.gateway) node.set("gateway", Node::string(config.gateway->text()));
  node.set("internal", Node::boolean(config.reach == Reach::Internal));
  if (config.mtu) node.set("mtu", Node::number(*config.mtu));
  return node;
}

Result<NetworkConfig> read_network_config(const Node& node) {
  Fields fields(node, "network config");
  NetworkConfig config;
  config.name = NetworkName(fields.text("name"));
  config.key = fields.text("key");
  if (fields.node("subnet") != nullptr) {
    config.subnet = fields.take("subnet", read_subnet(fields.text("subnet")));
  }
  if (fields.node("gateway") != nullptr) {
    config.gateway = fields.take("gateway", read_ipv4(fields.text("gateway")));
  }
  config.reach = fields.boolean("internal") ? Reach::Internal : Reach::Outside;
  if (const auto mtu = fields.number("mtu")) {
    if (*mtu < 68 || *mtu > 65535) fields.refuse("mtu", "must be 68 to 65535");
    config.mtu = static_cast<std::uint32_t>(*mtu);
  }
  auto done = fields.done();
  if (!done) return pass_up(done);
  return config;
}

}  // namespace schemas
