// desired_state(): every service's replicas, and the networks and volumes that they use.
#include "orchestrator/reconcile/desired.hpp"

#include "orchestrator/reconcile/addresses.hpp"
#include "orchestrator/reconcile/desired_checks.hpp"
#include "orchestrator/reconcile/replica.hpp"

namespace orchestrator {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Image;
using schemas::ImageReference;
using schemas::Result;
using schemas::Service;
using schemas::Spec;

using Images = std::map<ImageReference, Image>;

Condition condition_of(schemas::DependencyCondition condition) {
  switch (condition) {
    case schemas::DependencyCondition::Started:
      return Condition::Started;
    case schemas::DependencyCondition::Healthy:
      return Condition::Healthy;
    case schemas::DependencyCondition::CompletedSuccessfully:
      break;
  }
  return Condition::CompletedSuccessfully;
}

// On every replica of every service that this one depends on.
std::vector<Dependency> dependencies_of(const Spec& spec, const Service& service) {
  std::vector<Dependency> dependencies;
  for (const schemas::ServiceDependency& on : service.depends_on) {
    const auto found = spec.services.find(on.service);
    if (found == spec.services.end()) continue;
    for (std::uint32_t number = 1; number <= found->second.replicas; ++number) {
      dependencies.push_back({.container = replica_name(spec, found->second, number),
                              .condition = condition_of(on.condition),
                              .required = on.required});
    }
  }
  return dependencies;
}

Result<> add_service(DesiredState& desired, const Spec& spec, const Service& service,
                     const Images& images) {
  desired.services.insert(service.name);
  if (service.replicas == 0) return {};
  const auto image = images.find(ImageReference(service.image));
  if (image == images.end()) {
    return fail(ErrorKind::NotFound,
                "service {}: image {} is not in the image store: bring it in with `tutti image "
                "import FILE {}`, or correct the name",
                service.name, service.image, service.image);
  }
  for (std::uint32_t number = 1; number <= service.replicas; ++number) {
    auto config = replica_config(
        {.spec = spec, .service = service, .image = image->second, .number = number});
    if (!config) return pass_up(config);
    const schemas::ContainerName name = config->name;
    const bool fresh = desired.containers
                           .try_emplace(name, DesiredContainer{*std::move(config), service.name,
                                                               dependencies_of(spec, service)})
                           .second;
    if (!fresh) {
      return fail(ErrorKind::Conflict,
                  "service {}: a second container would be called {}: change container_name or "
                  "the number of replicas",
                  service.name, name);
    }
  }
  return {};
}

// What nobody uses is not made; what the Spec calls external is not ours to make.
void add_networks(DesiredState& desired, const Spec& spec) {
  std::map<schemas::NetworkName, const schemas::SpecNetwork*> known;
  for (const auto& [key, network] : spec.networks) {
    known[schemas::NetworkName(network.name)] = &network;
  }
  for (const auto& [name, container] : desired.containers) {
    for (const schemas::EndpointConfig& endpoint : container.config.endpoints) {
      const schemas::SpecNetwork& network = *known.at(endpoint.network);
      desired.networks.try_emplace(endpoint.network,
                                   schemas::NetworkConfig{.name = endpoint.network,
                                                          .key = network.key,
                                                          .subnet = network.subnet,
                                                          .gateway = network.gateway,
                                                          .reach = network.reach,
                                                          .mtu = network.mtu});
    }
  }
}

void add_volumes(DesiredState& desired, const Spec& spec) {
  std::map<schemas::VolumeName, bool> external;
  for (const auto& [key, volume] : spec.volumes) {
    external[schemas::VolumeName(volume.name)] = volume.external;
  }
  for (const auto& [name, container] : desired.containers) {
    for (const schemas::MountConfig& mount : container.config.mounts) {
      const auto* volume = std::get_if<schemas::VolumeMount>(&mount);
      if (volume == nullptr) continue;
      const auto named = external.find(volume->volume);
      if (named != external.end() && named->second) continue;
      const auto life =
          named == external.end() ? schemas::VolumeLife::Anonymous : schemas::VolumeLife::Named;
      desired.volumes.try_emplace(volume->volume, schemas::VolumeConfig{volume->volume, life});
    }
  }
}

Result<> check(const DesiredState& desired) {
  if (auto checked = check_addresses(desired); !checked) return checked;
  if (auto checked = check_ports(desired); !checked) return checked;
  return check_conditions(desired);
}

}  // namespace

Result<DesiredState> desired_state(const Spec& spec, const Images& images,
                                   const schemas::KernelNames& names) {
  DesiredState desired;
  desired.names = names;
  for (const auto& [name, service] : spec.services) {
    if (auto added = add_service(desired, spec, service, images); !added) return pass_up(added);
  }
  add_networks(desired, spec);
  add_volumes(desired, spec);
  if (auto checked = check(desired); !checked) return pass_up(checked);
  return desired;
}

}  // namespace orchestrator
