// Random projects: no distribution of the library, whose results differ between libraries.
#include "tests/model/project_generator.hpp"

#include <iterator>

#include <fmt/format.h>

namespace tests {

using namespace std::chrono_literals;
using schemas::ContainerState;
using schemas::RestartMode;

std::vector<ServiceBuilder> ProjectGenerator::services() {
  std::vector<ServiceBuilder> services;
  const int count = 1 + below(6);
  for (int index = 0; index < count; ++index) services.push_back(service(index));
  return services;
}

std::vector<ServiceBuilder> ProjectGenerator::changed(std::vector<ServiceBuilder> services) {
  const int which = below(static_cast<int>(services.size()));
  ServiceBuilder& victim = services[static_cast<std::size_t>(which)];
  switch (below(4)) {
    case 0:
      victim.memory((64 + below(8)) << 20);
      break;
    case 1:
      if (victim.service.ports.empty()) victim.replicas(static_cast<std::uint32_t>(below(4)));
      break;
    case 2:
      services.push_back(service(static_cast<int>(services.size()) + 10));
      break;
    default:
      victim.network("extra");
      break;
  }
  return services;
}

void ProjectGenerator::spoil(FakeWorld& world) {
  if (world.state.containers.empty()) return;
  auto victim = std::next(world.state.containers.begin(),
                          below(static_cast<int>(world.state.containers.size())));
  schemas::ContainerStatus& status = victim->second;
  switch (below(4)) {
    case 0:
      world.kill(victim->first.text, below(2));
      break;
    case 1:
      world.state.firewall.intact = false;
      break;
    case 2:
      for (auto& [name, network] : world.state.networks) network.bridge_up = false;
      for (auto& [name, other] : world.state.containers) {
        for (auto& endpoint : other.endpoints) endpoint.attached = false;
      }
      break;
    default:
      for (auto& endpoint : status.endpoints) endpoint.attached = false;
      break;
  }
}

ServiceBuilder ProjectGenerator::service(int index) {
  ServiceBuilder service(fmt::format("s{}", index));
  service.image(below(3) == 0 ? "demo:data" : "demo");
  service.restart(RestartMode::Always);
  if (below(2) == 0) service.health(1s);
  if (below(2) == 0) service.network("front");
  if (below(2) == 0) service.network("back");
  if (below(3) == 0) service.volume(fmt::format("v{}", below(2)), "/data");
  if (below(4) == 0) {
    service.port(static_cast<std::uint16_t>(8000 + index), 80);
  } else {
    service.replicas(1 + static_cast<std::uint32_t>(below(3)));
  }
  // Dependencies lead only to services before this one, so there is no cycle.
  if (index > 0 && index < 10 && below(2) == 0) {
    service.needs_started(fmt::format("s{}", below(index)));
  }
  return service;
}

}  // namespace tests
