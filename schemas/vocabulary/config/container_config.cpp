// The canonical form of a ContainerConfig, its digest, and the words for a difference.
#include "schemas/vocabulary/config/container_config.hpp"

#include "schemas/vocabulary/config/mount_record.hpp"
#include "schemas/vocabulary/fields.hpp"

namespace schemas {

namespace {

std::string_view restart_text(RestartMode mode) {
  switch (mode) {
    case RestartMode::No:
      return "no";
    case RestartMode::OnFailure:
      return "on-failure";
    case RestartMode::Always:
      return "always";
    case RestartMode::UnlessStopped:
      return "unless-stopped";
  }
  return "no";
}

std::string_view network_mode_text(NetworkMode mode) {
  switch (mode) {
    case NetworkMode::Bridged:
      return "bridged";
    case NetworkMode::Host:
      return "host";
    case NetworkMode::None:
      return "none";
  }
  return "bridged";
}

Node write_health(const HealthConfig& health) {
  Node node = Node::mapping();
  node.set("test", write_texts(health.command));
  node.set("interval", Node::string(write_duration(health.interval)));
  node.set("timeout", Node::string(write_duration(health.timeout)));
  node.set("start_period", Node::string(write_duration(health.start_period)));
  node.set("start_interval", Node::string(write_duration(health.start_interval)));
  node.set("retries", Node::number(health.retries));
  return node;
}

Node write_endpoint(const EndpointConfig& endpoint) {
  Node node = Node::mapping();
  node.set("network", Node::string(endpoint.network.text));
  node.set("aliases", write_texts(endpoint.aliases));
  if (endpoint.address) node.set("ipv4_address", Node::string(endpoint.address->text()));
  node.set("gw_priority", Node::number(endpoint.gateway_priority));
  return node;
}

Node write_port(const PublishedPort& port) {
  Node node = Node::mapping();
  node.set("host_ip", Node::string(port.host_address.text()));
  node.set("published", Node::number(port.host_port));
  node.set("target", Node::number(port.container_port));
  node.set("protocol", Node::string(std::string(transport_text(port.transport))));
  return node;
}

template <typename Values, typename Write>
Node write_list(const Values& values, Write write) {
  Node node = Node::sequence();
  for (const auto& value : values) node.add(write(value));
  return node;
}

Node write_limits(const ContainerConfig& config) {
  Node node = Node::mapping();
  if (config.limits.memory) node.set("memory", Node::number(*config.limits.memory));
  if (config.limits.nano_cpus) node.set("nano_cpus", Node::number(*config.limits.nano_cpus));
  if (config.limits.pids) node.set("pids", Node::number(*config.limits.pids));
  return node;
}

Node write_restart(const RestartPolicy& restart) {
  std::string text(restart_text(restart.mode));
  if (restart.max_attempts > 0) text += fmt::format(":{}", restart.max_attempts);
  return Node::string(std::move(text));
}

std::vector<std::string> digest_texts(const std::vector<Digest>& digests) {
  std::vector<std::string> texts;
  texts.reserve(digests.size());
  for (const Digest& digest : digests) texts.push_back(digest.text());
  return texts;
}

}  // namespace

Node write_container_config(const ContainerConfig& config) {
  Node node = Node::mapping();
  node.entries.reserve(32);
  node.set("name", Node::string(config.name.text));
  node.set("image", Node::string(config.image.text));
  node.set("image_id", Node::string(config.image_id.empty() ? "" : config.image_id.text()));
  node.set("layers", write_texts(digest_texts(config.layers)));
  node.set("command", write_texts(config.command));
  node.set("environment", write_text_map(config.environment));
  node.set("user", Node::string(config.user));
  node.set("working_dir", Node::string(config.working_directory));
  node.set("hostname", Node::string(config.hostname));
  node.set("volumes", write_list(config.mounts, write_mount_config));
  node.set("network_mode", Node::string(std::string(network_mode_text(config.network_mode))));
  node.set("networks", write_list(config.endpoints, write_endpoint));
  node.set("ports", write_list(config.ports, write_port));
  node.set("extra_hosts", write_text_map(config.extra_hosts));
  node.set("cap_add", write_texts(config.cap_add));
  node.set("cap_drop", write_texts(config.cap_drop));
  node.set("no_new_privileges", Node::boolean(config.new_privileges == NewPrivileges::Refused));
  node.set("read_only", Node::boolean(config.root_access == Access::ReadOnly));
  node.set("init", Node::boolean(config.init));
  node.set("limits", write_limits(config));
  if (config.shm_size) node.set("shm_size", Node::number(*config.shm_size));
  node.set("restart", write_restart(config.restart));
  if (config.health) node.set("healthcheck", write_health(*config.health));
  node.set("stop_signal", Node::number(config.stop_signal));
  node.set("stop_grace_period", Node::string(write_duration(config.stop_grace)));
  node.set("labels", write_text_map(config.labels));
  return node;
}

Digest fingerprint(const ContainerConfig& config) {
  return sha256_of(write_json(write_container_config(config)));
}

}  // namespace schemas
