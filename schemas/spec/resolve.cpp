// Fills in names and the default network.
#include "schemas/spec/resolve.hpp"

#include <set>

namespace schemas {

namespace {

// A service that says nothing about networks is in the default one.
void join_default_network(Spec& spec) {
  for (auto& [name, service] : spec.services) {
    const bool bridged = service.network_mode == NetworkMode::Bridged;
    if (service.networks.empty() && bridged) {
      service.networks.push_back({.key = "default", .aliases = {}, .ipv4_address = {}});
    }
    for (const ServiceNetwork& network : service.networks) {
      if (network.key != "default" || spec.networks.contains("default")) continue;
      SpecNetwork made;
      made.key = "default";
      spec.networks.emplace("default", std::move(made));
    }
  }
}

void drop_unused(Spec& spec) {
  std::set<std::string> networks;
  std::set<std::string> volumes;
  for (const auto& [name, service] : spec.services) {
    for (const ServiceNetwork& network : service.networks) networks.insert(network.key);
    for (const ServiceMount& mount : service.volumes) {
      if (mount.kind == SpecMountKind::Volume) volumes.insert(mount.source);
    }
  }
  std::erase_if(spec.networks, [&](const auto& entry) { return !networks.contains(entry.first); });
  std::erase_if(spec.volumes, [&](const auto& entry) { return !volumes.contains(entry.first); });
}

}  // namespace

Spec resolve(Spec spec) {
  join_default_network(spec);
  drop_unused(spec);
  for (auto& [key, network] : spec.networks) {
    if (network.name.empty()) network.name = spec.name.text + "_" + key;
  }
  for (auto& [key, volume] : spec.volumes) {
    if (volume.name.empty()) volume.name = volume.external ? key : spec.name.text + "_" + key;
  }
  return spec;
}

}  // namespace schemas
