// Reads a ContainerConfig back from its canonical form.
#include <charconv>
#include <limits>

#include "schemas/vocabulary/config/container_config.hpp"
#include "schemas/vocabulary/config/mount_record.hpp"
#include "schemas/vocabulary/fields.hpp"

namespace schemas {

namespace {

template <typename Integer>
Integer read_integer(Fields& fields, std::string_view key, Integer absent) {
  const std::int64_t value = fields.number(key).value_or(absent);
  if (value < std::numeric_limits<Integer>::min() || value > std::numeric_limits<Integer>::max()) {
    fields.refuse(key, "out of range");
    return absent;
  }
  return static_cast<Integer>(value);
}

Duration take_duration(Fields& fields, std::string_view key) {
  return fields.take(key, read_duration(fields.text(key)));
}

Result<HealthConfig> read_health(const Node& node) {
  Fields fields(node, "healthcheck");
  HealthConfig health{.command = fields.texts("test"),
                      .interval = take_duration(fields, "interval"),
                      .timeout = take_duration(fields, "timeout"),
                      .start_period = take_duration(fields, "start_period"),
                      .start_interval = take_duration(fields, "start_interval"),
                      .retries = read_integer<std::uint32_t>(fields, "retries", 3)};
  auto done = fields.done();
  if (!done) return pass_up(done);
  return health;
}

Result<EndpointConfig> read_endpoint(const Node& node) {
  Fields fields(node, "network");
  EndpointConfig endpoint{.network = NetworkName(fields.text("network")),
                          .aliases = fields.texts("aliases"),
                          .address = {},
                          .gateway_priority = read_integer<std::int32_t>(fields, "gw_priority", 0)};
  if (fields.node("ipv4_address") != nullptr) {
    endpoint.address = fields.take("ipv4_address", read_ipv4(fields.text("ipv4_address")));
  }
  auto done = fields.done();
  if (!done) return pass_up(done);
  return endpoint;
}

Result<PublishedPort> read_port(const Node& node) {
  Fields fields(node, "port");
  PublishedPort port{.host_address = fields.take("host_ip", read_ipv4(fields.text("host_ip"))),
                     .host_port = read_integer<std::uint16_t>(fields, "published", 0),
                     .container_port = read_integer<std::uint16_t>(fields, "target", 0),
                     .transport = fields.choice("protocol", {"tcp", "udp"}) == 0 ? Transport::Tcp
                                                                                 : Transport::Udp};
  auto done = fields.done();
  if (!done) return pass_up(done);
  return port;
}

template <typename T>
std::vector<T> read_list(Fields& fields, std::string_view key, Result<T> (*read)(const Node&)) {
  std::vector<T> values;
  for (const Node& item : fields.items(key)) values.push_back(fields.take(key, read(item)));
  return values;
}

Result<ResourceLimits> read_limits(const Node& node) {
  Fields fields(node, "limits");
  ResourceLimits limits{.memory = fields.number("memory"),
                        .nano_cpus = fields.number("nano_cpus"),
                        .pids = fields.number("pids")};
  auto done = fields.done();
  if (!done) return pass_up(done);
  return limits;
}

// "on-failure:5"
RestartPolicy read_restart(Fields& fields) {
  RestartPolicy policy;
  const std::string text = fields.text("restart");
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view mode = std::string_view(text).substr(0, colon);
  if (mode == "on-failure") {
    policy.mode = RestartMode::OnFailure;
  } else if (mode == "always") {
    policy.mode = RestartMode::Always;
  } else if (mode == "unless-stopped") {
    policy.mode = RestartMode::UnlessStopped;
  } else if (mode != "no" && !mode.empty()) {
    fields.refuse("restart", fmt::format("`{}` is not known", mode));
  }
  if (colon < text.size()) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, policy.max_attempts);
    if (error != std::errc{} || stop != end) fields.refuse("restart", "no number of attempts");
  }
  return policy;
}

NetworkMode read_network_mode(Fields& fields) {
  const std::size_t which = fields.choice("network_mode", {"bridged", "host", "none"});
  return which == 0 ? NetworkMode::Bridged : which == 1 ? NetworkMode::Host : NetworkMode::None;
}

Result<Digest> read_digest_node(const Node& node) { return read_digest(node.text); }

void read_process(Fields& fields, ContainerConfig& config) {
  config.name = ContainerName(fields.text("name"));
  config.image = ImageReference(fields.text("image"));
  if (const std::string id = fields.text("image_id"); !id.empty()) {
    config.image_id = fields.take("image_id", read_digest(id));
  }
  config.layers = read_list<Digest>(fields, "layers", read_digest_node);
  config.command = fields.texts("command");
  config.environment = fields.text_map("environment");
  config.user = fields.text("user");
  config.working_directory = fields.text("working_dir");
  config.hostname = fields.text("hostname");
  config.mounts = read_list<MountConfig>(fields, "volumes", read_mount_config);
  config.labels = fields.text_map("labels");
}

void read_network(Fields& fields, ContainerConfig& config) {
  config.network_mode = read_network_mode(fields);
  config.endpoints = read_list<EndpointConfig>(fields, "networks", read_endpoint);
  config.ports = read_list<PublishedPort>(fields, "ports", read_port);
  config.extra_hosts = fields.text_map("extra_hosts");
}

void read_isolation(Fields& fields, ContainerConfig& config) {
  config.cap_add = fields.texts("cap_add");
  config.cap_drop = fields.texts("cap_drop");
  config.new_privileges =
      fields.boolean("no_new_privileges") ? NewPrivileges::Refused : NewPrivileges::Allowed;
  config.root_access = fields.boolean("read_only") ? Access::ReadOnly : Access::ReadWrite;
  config.init = fields.boolean("init");
  if (const Node* limits = fields.node("limits")) {
    config.limits = fields.take("limits", read_limits(*limits));
  }
  config.shm_size = fields.number("shm_size");
}

void read_life(Fields& fields, ContainerConfig& config) {
  config.restart = read_restart(fields);
  if (const Node* health = fields.node("healthcheck")) {
    config.health = fields.take("healthcheck", read_health(*health));
  }
  config.stop_signal = read_integer<int>(fields, "stop_signal", 15);
  if (fields.node("stop_grace_period") != nullptr) {
    config.stop_grace = take_duration(fields, "stop_grace_period");
  }
}

}  // namespace

Result<ContainerConfig> read_container_config(const Node& node) {
  Fields fields(node, "container config");
  ContainerConfig config;
  read_process(fields, config);
  read_network(fields, config);
  read_isolation(fields, config);
  read_life(fields, config);
  auto done = fields.done();
  if (!done) return pass_up(done);
  return config;
}

}  // namespace schemas
