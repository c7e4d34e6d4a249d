// Writes a service, section by section, in compose's long forms.
#include "schemas/spec/write_service.hpp"

#include "schemas/vocabulary/fields.hpp"

namespace schemas {

namespace {

void set_text(Node& node, const std::string& key, const std::string& text) {
  if (!text.empty()) node.set(key, Node::string(text));
}

void set_texts(Node& node, const std::string& key, const std::vector<std::string>& texts) {
  if (!texts.empty()) node.set(key, write_texts(texts));
}

void set_map(Node& node, const std::string& key, const std::map<std::string, std::string>& map) {
  if (!map.empty()) node.set(key, write_text_map(map));
}

void set_duration(Node& node, const std::string& key, const std::optional<Duration>& duration) {
  if (duration) node.set(key, Node::string(write_duration(*duration)));
}

template <typename Values, typename Write>
void set_list(Node& node, const std::string& key, const Values& values, Write write) {
  if (values.empty()) return;
  Node list = Node::sequence();
  for (const auto& value : values) list.add(write(value));
  node.set(key, std::move(list));
}

std::string octal(std::uint32_t mode) { return fmt::format("{:04o}", mode); }

// Billionths as a decimal without trailing zeros: 500000000 is "0.5".
std::string write_cpus(std::int64_t nano) {
  std::string text = fmt::format("{}.{:09}", nano / 1'000'000'000, nano % 1'000'000'000);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string_view condition_text(DependencyCondition condition) {
  switch (condition) {
    case DependencyCondition::Started:
      return "service_started";
    case DependencyCondition::Healthy:
      return "service_healthy";
    case DependencyCondition::CompletedSuccessfully:
      return "service_completed_successfully";
  }
  return "service_started";
}

Node write_depends_on(const std::vector<ServiceDependency>& dependencies) {
  Node all = Node::mapping();
  for (const ServiceDependency& dependency : dependencies) {
    Node node = Node::mapping();
    node.set("condition", Node::string(std::string(condition_text(dependency.condition))));
    node.set("required", Node::boolean(dependency.required));
    if (dependency.restart) node.set("restart", Node::boolean(true));
    all.set(dependency.service.text, std::move(node));
  }
  return all;
}

Node write_deploy(const Service& service) {
  Node limits = Node::mapping();
  if (service.nano_cpus) limits.set("cpus", Node::string(write_cpus(*service.nano_cpus)));
  if (service.mem_limit) {
    limits.set("memory", Node::string(fmt::format("{}", *service.mem_limit)));
  }
  if (service.pids_limit) limits.set("pids", Node::number(*service.pids_limit));
  Node deploy = Node::mapping();
  if (service.replicas != 1) deploy.set("replicas", Node::number(service.replicas));
  if (!limits.entries.empty()) {
    Node resources = Node::mapping();
    resources.set("limits", std::move(limits));
    deploy.set("resources", std::move(resources));
  }
  return deploy;
}

Node write_health(const SpecHealth& health) {
  Node node = Node::mapping();
  if (health.disable) node.set("disable", Node::boolean(true));
  set_duration(node, "interval", health.interval);
  if (health.retries) node.set("retries", Node::number(*health.retries));
  set_duration(node, "start_interval", health.start_interval);
  set_duration(node, "start_period", health.start_period);
  if (health.test) node.set("test", write_texts(*health.test));
  set_duration(node, "timeout", health.timeout);
  return node;
}

Node write_networks(const std::vector<ServiceNetwork>& networks) {
  Node all = Node::mapping();
  for (const ServiceNetwork& network : networks) {
    Node node = Node::mapping();
    set_texts(node, "aliases", network.aliases);
    if (network.gw_priority != 0) node.set("gw_priority", Node::number(network.gw_priority));
    if (network.ipv4_address) {
      node.set("ipv4_address", Node::string(network.ipv4_address->text()));
    }
    if (network.priority != 0) node.set("priority", Node::number(network.priority));
    all.set(network.key, node.entries.empty() ? Node::null() : std::move(node));
  }
  return all;
}

Node write_port(const ServicePort& port) {
  Node node = Node::mapping();
  if (port.host_ip.bits != 0) node.set("host_ip", Node::string(port.host_ip.text()));
  node.set("mode", Node::string("ingress"));
  node.set("protocol", Node::string(port.transport == Transport::Tcp ? "tcp" : "udp"));
  if (port.published) node.set("published", Node::string(fmt::format("{}", *port.published)));
  node.set("target", Node::number(port.target));
  return node;
}

Node write_tmpfs_options(const ServiceMount& mount) {
  Node tmpfs = Node::mapping();
  if (mount.tmpfs_mode) tmpfs.set("mode", Node::string(octal(*mount.tmpfs_mode)));
  if (mount.tmpfs_size) tmpfs.set("size", Node::string(fmt::format("{}", *mount.tmpfs_size)));
  return tmpfs;
}

Node write_mount(const ServiceMount& mount) {
  Node node = Node::mapping();
  Node options = Node::mapping();
  std::string kind = "volume";
  if (mount.kind == SpecMountKind::Bind) {
    kind = "bind";
    options.set("create_host_path", Node::boolean(mount.create_host_path));
  } else if (mount.kind == SpecMountKind::Tmpfs) {
    kind = "tmpfs";
    options = write_tmpfs_options(mount);
  } else if (mount.nocopy) {
    options.set("nocopy", Node::boolean(true));
  }
  if (!options.entries.empty()) node.set(kind, std::move(options));
  if (mount.access == Access::ReadOnly) node.set("read_only", Node::boolean(true));
  set_text(node, "source", mount.source);
  node.set("target", Node::string(mount.target));
  node.set("type", Node::string(kind));
  return node;
}

Node write_tmpfs(const TmpfsMount& mount) {
  std::string text = mount.target + ":mode=" + octal(mount.mode);
  if (mount.size) text += fmt::format(",size={}", *mount.size);
  return Node::string(std::move(text));
}

Node write_file(const ServiceFile& file) {
  Node node = Node::mapping();
  if (file.gid) node.set("gid", Node::string(fmt::format("{}", *file.gid)));
  if (file.mode) node.set("mode", Node::string(octal(*file.mode)));
  node.set("source", Node::string(file.source));
  node.set("target", Node::string(file.target));
  if (file.uid) node.set("uid", Node::string(fmt::format("{}", *file.uid)));
  return node;
}

Node write_extra_hosts(const std::map<std::string, std::string>& hosts) {
  Node node = Node::sequence();
  for (const auto& [name, address] : hosts) node.add(Node::string(name + "=" + address));
  return node;
}

std::string restart_text(const RestartPolicy& restart) {
  if (restart.mode == RestartMode::Always) return "always";
  if (restart.mode == RestartMode::UnlessStopped) return "unless-stopped";
  if (restart.mode == RestartMode::No) return {};
  return restart.max_attempts == 0 ? "on-failure"
                                   : fmt::format("on-failure:{}", restart.max_attempts);
}

void write_first_half(Node& node, const Service& service) {
  set_texts(node, "cap_add", service.cap_add);
  set_texts(node, "cap_drop", service.cap_drop);
  if (service.command) node.set("command", write_texts(*service.command));
  set_list(node, "configs", service.configs, write_file);
  set_text(node, "container_name", service.container_name);
  if (!service.depends_on.empty()) node.set("depends_on", write_depends_on(service.depends_on));
  if (Node deploy = write_deploy(service); !deploy.entries.empty()) {
    node.set("deploy", std::move(deploy));
  }
  if (service.entrypoint) node.set("entrypoint", write_texts(*service.entrypoint));
  set_map(node, "environment", service.environment);
  set_texts(node, "expose", service.expose);
  if (!service.extra_hosts.empty()) {
    node.set("extra_hosts", write_extra_hosts(service.extra_hosts));
  }
  if (service.healthcheck) node.set("healthcheck", write_health(*service.healthcheck));
  set_text(node, "hostname", service.hostname);
  set_text(node, "image", service.image);
  if (service.init) node.set("init", Node::boolean(true));
  set_map(node, "labels", service.labels);
}

void write_second_half(Node& node, const Service& service) {
  if (service.network_mode != NetworkMode::Bridged) {
    node.set("network_mode",
             Node::string(service.network_mode == NetworkMode::Host ? "host" : "none"));
  }
  if (!service.networks.empty()) node.set("networks", write_networks(service.networks));
  set_list(node, "ports", service.ports, write_port);
  if (service.read_only) node.set("read_only", Node::boolean(true));
  set_text(node, "restart", restart_text(service.restart));
  set_list(node, "secrets", service.secrets, write_file);
  set_texts(node, "security_opt", service.security_opt);
  if (service.shm_size) node.set("shm_size", Node::string(fmt::format("{}", *service.shm_size)));
  set_duration(node, "stop_grace_period", service.stop_grace_period);
  set_text(node, "stop_signal", service.stop_signal.value_or(""));
  set_list(node, "tmpfs", service.tmpfs, write_tmpfs);
  set_text(node, "user", service.user);
  set_list(node, "volumes", service.volumes, write_mount);
  set_text(node, "working_dir", service.working_dir);
}

}  // namespace

Node write_service(const Service& service) {
  Node node = Node::mapping();
  write_first_half(node, service);
  write_second_half(node, service);
  return node;
}

}  // namespace schemas
