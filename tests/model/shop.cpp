// Projects for tests.
#include "tests/model/shop.hpp"

#include <cstdio>
#include <cstdlib>

namespace tests {

using namespace schemas;

ServiceBuilder::ServiceBuilder(const std::string& name) {
  service.name = ServiceName(name);
  service.image = "demo";
}
ServiceBuilder& ServiceBuilder::image(const std::string& image) {
  service.image = image;
  return *this;
}
ServiceBuilder& ServiceBuilder::command(std::vector<std::string> command) {
  service.command = std::move(command);
  return *this;
}
ServiceBuilder& ServiceBuilder::needs(const std::string& name, DependencyCondition condition) {
  service.depends_on.push_back({.service = ServiceName(name), .condition = condition});
  return *this;
}
ServiceBuilder& ServiceBuilder::needs_started(const std::string& name) {
  return needs(name, DependencyCondition::Started);
}
ServiceBuilder& ServiceBuilder::needs_healthy(const std::string& name) {
  return needs(name, DependencyCondition::Healthy);
}
ServiceBuilder& ServiceBuilder::needs_completed(const std::string& name) {
  return needs(name, DependencyCondition::CompletedSuccessfully);
}
ServiceBuilder& ServiceBuilder::health(Duration interval, std::uint32_t retries) {
  SpecHealth said;
  said.test = {"CMD", "check"};
  said.interval = interval;
  said.retries = retries;
  service.healthcheck = said;
  return *this;
}
ServiceBuilder& ServiceBuilder::network(const std::string& key) {
  for (const ServiceNetwork& network : service.networks) {
    if (network.key == key) return *this;
  }
  service.networks.push_back({.key = key, .aliases = {}, .ipv4_address = {}});
  return *this;
}
ServiceBuilder& ServiceBuilder::address(const std::string& key, const std::string& address) {
  service.networks.push_back({.key = key, .aliases = {}, .ipv4_address = *read_ipv4(address)});
  return *this;
}
ServiceBuilder& ServiceBuilder::port(std::uint16_t host, std::uint16_t container) {
  service.ports.push_back({.host_ip = {},
                           .published = host,
                           .target = container,
                           .transport = Transport::Tcp,
                           .mark = {}});
  return *this;
}
ServiceBuilder& ServiceBuilder::volume(const std::string& source, const std::string& target) {
  ServiceMount mount;
  mount.source = source;
  mount.target = target;
  service.volumes.push_back(mount);
  return *this;
}
ServiceBuilder& ServiceBuilder::restart(RestartMode mode, std::uint32_t most) {
  service.restart = {mode, most};
  return *this;
}
ServiceBuilder& ServiceBuilder::replicas(std::uint32_t count) {
  service.replicas = count;
  return *this;
}
ServiceBuilder& ServiceBuilder::memory(std::int64_t bytes) {
  service.mem_limit = bytes;
  return *this;
}
ServiceBuilder& ServiceBuilder::grace(Duration grace) {
  service.stop_grace_period = grace;
  return *this;
}

Spec a_spec(const std::vector<ServiceBuilder>& services) {
  Spec spec;
  spec.name = ProjectName("shop");
  spec.working_directory = "/project";
  spec.project_files = {"/project/compose.yaml"};
  for (const ServiceBuilder& builder : services) {
    Service service = builder.service;
    if (service.networks.empty()) {
      service.networks.push_back({.key = "back", .aliases = {}, .ipv4_address = {}});
    }
    for (const ServiceNetwork& network : service.networks) {
      SpecNetwork& known = spec.networks[network.key];
      known.key = network.key;
      known.name = "shop_" + network.key;
      if (network.ipv4_address) {
        known.subnet = Subnet{.base = {network.ipv4_address->bits & 0xFFFFFF00U}, .prefix = 24};
      }
    }
    for (const ServiceMount& mount : service.volumes) {
      if (mount.kind != SpecMountKind::Volume || mount.source.empty()) continue;
      spec.volumes[mount.source] = {
          .key = mount.source, .name = "shop_" + mount.source, .external = false, .mark = {}};
    }
    spec.services[service.name] = service;
  }
  return spec;
}

std::map<ImageReference, Image> demo_images() {
  Image demo;
  demo.reference = ImageReference("demo");
  demo.id = sha256_of("demo");
  demo.layers = {sha256_of("layer")};
  demo.config.entrypoint = {"/serve"};
  Image data = demo;
  data.reference = ImageReference("demo:data");
  data.id = sha256_of("demo:data");
  data.config.volumes = {"/data"};
  return {{demo.reference, demo}, {data.reference, data}};
}

Result<orchestrator::DesiredState> resolve(const Spec& spec) {
  return orchestrator::desired_state(spec, demo_images(), {.instance = {}, .project = spec.name});
}

orchestrator::DesiredState desired_of(const std::vector<ServiceBuilder>& services,
                                      std::uint64_t generation) {
  auto desired = resolve(a_spec(services));
  if (!desired) {
    std::fprintf(stderr, "%s\n", desired.error().text().c_str());
    std::abort();
  }
  desired->generation = generation;
  return *std::move(desired);
}

}  // namespace tests
