// Checks of a DesiredState, beside those of addresses.
#include "orchestrator/reconcile/desired_checks.hpp"

#include <map>

#include <fmt/format.h>

namespace orchestrator {
namespace {

using schemas::ContainerName;
using schemas::ErrorKind;
using schemas::fail;
using schemas::Ipv4Address;
using schemas::PublishedPort;
using schemas::Result;

struct Owner {
  Ipv4Address address;
  ContainerName container;
  schemas::ServiceName service;
};
using PortKey = std::pair<schemas::Transport, std::uint16_t>;

constexpr Ipv4Address kEveryAddress{};

bool clash(Ipv4Address left, Ipv4Address right) {
  return left == right || left == kEveryAddress || right == kEveryAddress;
}

std::unexpected<schemas::Error> taken(const Owner& owner, const ContainerName& other,
                                      const schemas::ServiceName& service,
                                      const PublishedPort& port) {
  const std::string text = fmt::format("{}:{}/{}", port.host_address.text(), port.host_port,
                                       schemas::transport_text(port.transport));
  if (owner.service == service) {
    return fail(ErrorKind::Conflict,
                "service {}: its replicas {} and {} cannot both publish {}: use one replica, or "
                "publish a proxy in front of them",
                service, owner.container, other, text);
  }
  return fail(ErrorKind::Conflict, "services {} and {} cannot both publish {}: change one of them",
              owner.service, service, text);
}

}  // namespace

Result<> check_ports(const DesiredState& desired) {
  std::multimap<PortKey, Owner> owners;
  for (const auto& [name, container] : desired.containers) {
    for (const PublishedPort& port : container.config.ports) {
      const PortKey key{port.transport, port.host_port};
      const auto [first, last] = owners.equal_range(key);
      for (auto owner = first; owner != last; ++owner) {
        if (!clash(owner->second.address, port.host_address)) continue;
        return taken(owner->second, name, container.service, port);
      }
      owners.emplace(key, Owner{port.host_address, name, container.service});
    }
  }
  return {};
}

Result<> check_conditions(const DesiredState& desired) {
  for (const auto& [name, container] : desired.containers) {
    for (const Dependency& dependency : container.dependencies) {
      const auto found = desired.containers.find(dependency.container);
      if (dependency.condition != Condition::Healthy || found == desired.containers.end() ||
          found->second.config.health) {
        continue;
      }
      return fail(ErrorKind::Invalid,
                  "service {}: it waits for {} to be healthy, but {} has no health check: give it "
                  "a healthcheck, or wait for service_started",
                  container.service, found->second.service, found->second.service);
    }
  }
  return {};
}

}  // namespace orchestrator
