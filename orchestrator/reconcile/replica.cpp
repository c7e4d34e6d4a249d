// One replica's ContainerConfig: what the service says, else the image, else Docker's default.
#include "orchestrator/reconcile/replica.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "orchestrator/reconcile/signals.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerConfig;
using schemas::EndpointConfig;
using schemas::ErrorKind;
using schemas::fail;
using schemas::HealthConfig;
using schemas::Result;
using schemas::Service;
using schemas::ServiceNetwork;

constexpr std::size_t kHostnameDigits = 12;  // as many as Docker's short id has

// Docker's rule: an entrypoint that is said, even an empty one, hides the image's; the image's
// command stands only where neither entrypoint nor command is said.
std::vector<std::string> command_of(const Service& service, const schemas::ImageConfig& image) {
  std::vector<std::string> argv = service.entrypoint.value_or(image.entrypoint);
  std::vector<std::string> command = service.command.value_or(std::vector<std::string>{});
  const bool own_entrypoint = service.entrypoint && !service.entrypoint->empty();
  if (command.empty() && !own_entrypoint) command = image.command;
  argv.insert(argv.end(), command.begin(), command.end());
  return argv;
}

std::string first_said(const std::string& service, const std::string& image,
                       std::string_view otherwise) {
  if (!service.empty()) return service;
  return image.empty() ? std::string(otherwise) : image;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

// "cap_net_admin" -> "NET_ADMIN"; sorted.
std::vector<std::string> capabilities(const std::vector<std::string>& said) {
  std::vector<std::string> names;
  for (std::string name : said) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
    if (name.starts_with("CAP_")) name.erase(0, 4);
    names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<std::vector<std::string>> probe_command(const Service& service,
                                               const std::vector<std::string>& test) {
  if (test.size() == 2 && test.front() == "CMD-SHELL") {
    return std::vector<std::string>{"/bin/sh", "-c", test.back()};
  }
  if (test.size() >= 2 && test.front() == "CMD") {
    return std::vector<std::string>(test.begin() + 1, test.end());
  }
  return fail(ErrorKind::Invalid,
              "service {}: healthcheck.test begins with CMD, CMD-SHELL or NONE and a command",
              service.name);
}

// A zero means the default, as Docker reads it.
schemas::Duration said_or(const std::optional<schemas::Duration>& said,
                          schemas::Duration otherwise) {
  return said && said->count() > 0 ? *said : otherwise;
}

Result<std::optional<HealthConfig>> health_of(const Service& service,
                                              const std::optional<HealthConfig>& of_image) {
  if (!service.healthcheck) return of_image;
  const schemas::SpecHealth& said = *service.healthcheck;
  const bool none = said.test && !said.test->empty() && said.test->front() == "NONE";
  const bool has_test = said.test && !said.test->empty();
  if (said.disable || none || (!has_test && !of_image)) return std::optional<HealthConfig>{};
  HealthConfig health = of_image.value_or(HealthConfig{});
  if (has_test) {
    auto command = probe_command(service, *said.test);
    if (!command) return pass_up(command);
    health.command = *std::move(command);
  }
  health.interval = said_or(said.interval, health.interval);
  health.timeout = said_or(said.timeout, health.timeout);
  health.start_period = said_or(said.start_period, health.start_period);
  health.start_interval = said_or(said.start_interval, health.start_interval);
  if (said.retries && *said.retries > 0) health.retries = *said.retries;
  return std::optional(std::move(health));
}

// The network with the highest priority becomes eth0; names decide among equals.
Result<std::vector<EndpointConfig>> endpoints_of(const Replica& replica) {
  std::vector<EndpointConfig> endpoints;
  if (replica.service.network_mode != schemas::NetworkMode::Bridged) return endpoints;
  std::vector<ServiceNetwork> networks = replica.service.networks;
  std::stable_sort(networks.begin(), networks.end(),
                   [](const ServiceNetwork& left, const ServiceNetwork& right) {
                     if (left.priority != right.priority) return left.priority > right.priority;
                     return left.key < right.key;
                   });
  for (const ServiceNetwork& network : networks) {
    const auto found = replica.spec.networks.find(network.key);
    if (found == replica.spec.networks.end()) {
      return fail(ErrorKind::Invalid,
                  "service {}: network {} is not declared: add it under networks",
                  replica.service.name, network.key);
    }
    EndpointConfig endpoint{.network = schemas::NetworkName(found->second.name),
                            .aliases = {lower(replica.service.name.text)},
                            .address = network.ipv4_address,
                            .gateway_priority = network.gw_priority};
    for (const std::string& alias : network.aliases) endpoint.aliases.push_back(lower(alias));
    std::sort(endpoint.aliases.begin(), endpoint.aliases.end());
    endpoint.aliases.erase(std::unique(endpoint.aliases.begin(), endpoint.aliases.end()),
                           endpoint.aliases.end());
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

Result<std::vector<schemas::PublishedPort>> ports_of(const Service& service) {
  std::vector<schemas::PublishedPort> ports;
  for (const schemas::ServicePort& port : service.ports) {
    if (!port.published || *port.published == 0) {
      return fail(ErrorKind::Invalid,
                  "{}service {}: port {} names no port of the host, and choosing a free one is not "
                  "supported yet: write \"HOST:{}\"",
                  port.mark.line > 0 ? port.mark.text() + ": " : "", service.name, port.target,
                  port.target);
    }
    ports.push_back({.host_address = port.host_ip,
                     .host_port = *port.published,
                     .container_port = port.target,
                     .transport = port.transport});
  }
  std::sort(ports.begin(), ports.end());
  ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
  return ports;
}

schemas::NewPrivileges new_privileges(const Service& service) {
  for (const std::string& option : service.security_opt) {
    if (option == "no-new-privileges" || option == "no-new-privileges:true" ||
        option == "no-new-privileges=true") {
      return schemas::NewPrivileges::Refused;
    }
  }
  return schemas::NewPrivileges::Allowed;
}

// Zero and -1 mean "no limit".
std::optional<std::int64_t> limit(const std::optional<std::int64_t>& said) {
  return said && *said > 0 ? said : std::nullopt;
}

Result<int> stop_signal_of(const Replica& replica) {
  const std::string text = first_said(replica.service.stop_signal.value_or(""),
                                      replica.image.config.stop_signal, "SIGTERM");
  auto signal = read_signal(text);
  if (!signal) return pass_up(signal, "service {}: stop_signal", replica.service.name);
  return signal;
}

// What the service and its image say without any chance to fail.
ContainerConfig plain_part(const Replica& replica) {
  const Service& service = replica.service;
  const schemas::ImageConfig& image = replica.image.config;
  ContainerConfig config;
  config.name = replica_name(replica.spec, service, replica.number);
  config.image = schemas::ImageReference(service.image);
  config.image_id = replica.image.id;
  config.layers = replica.image.layers;
  config.command = command_of(service, image);
  config.environment = image.environment;
  for (const auto& [key, value] : service.environment) config.environment[key] = value;
  config.user = first_said(service.user, image.user, "");
  config.working_directory = first_said(service.working_dir, image.working_directory, "/");
  config.hostname = first_said(
      service.hostname, schemas::sha256_of(config.name.text).hex.substr(0, kHostnameDigits), "");
  config.network_mode = service.network_mode;
  config.extra_hosts = service.extra_hosts;
  config.cap_add = capabilities(service.cap_add);
  config.cap_drop = capabilities(service.cap_drop);
  config.new_privileges = new_privileges(service);
  config.root_access = service.read_only ? schemas::Access::ReadOnly : schemas::Access::ReadWrite;
  config.init = service.init;
  config.limits = {.memory = limit(service.mem_limit),
                   .nano_cpus = limit(service.nano_cpus),
                   .pids = limit(service.pids_limit)};
  config.shm_size = limit(service.shm_size);
  config.restart = service.restart;
  config.stop_grace = service.stop_grace_period.value_or(config.stop_grace);
  config.labels = replica_labels(replica);
  return config;
}

}  // namespace

schemas::ContainerName replica_name(const schemas::Spec& spec, const Service& service,
                                    std::uint32_t number) {
  if (!service.container_name.empty()) return schemas::ContainerName(service.container_name);
  return schemas::ContainerName(fmt::format("{}-{}-{}", spec.name, service.name, number));
}

Result<ContainerConfig> replica_config(const Replica& replica) {
  ContainerConfig config = plain_part(replica);
  if (config.command.empty()) {
    return fail(ErrorKind::Invalid,
                "service {}: image {} says no program to run: give the service a command",
                replica.service.name, replica.service.image);
  }
  auto mounts = replica_mounts(replica, config.name);
  if (!mounts) return pass_up(mounts);
  config.mounts = *std::move(mounts);
  auto endpoints = endpoints_of(replica);
  if (!endpoints) return pass_up(endpoints);
  config.endpoints = *std::move(endpoints);
  auto ports = ports_of(replica.service);
  if (!ports) return pass_up(ports);
  config.ports = *std::move(ports);
  auto health = health_of(replica.service, replica.image.config.health);
  if (!health) return pass_up(health);
  config.health = *std::move(health);
  auto signal = stop_signal_of(replica);
  if (!signal) return pass_up(signal);
  config.stop_signal = *signal;
  config.labels[kHashLabel] = fingerprint(essence(config)).hex;
  return config;
}

}  // namespace orchestrator
