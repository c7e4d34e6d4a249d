// Replica: one container of a service, resolved from Spec and Image; the parts of desired_state().
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "schemas/spec/spec.hpp"
#include "schemas/vocabulary/config/container_config.hpp"
#include "schemas/vocabulary/config/image_config.hpp"

namespace orchestrator {

// What one replica is resolved from. Numbers count from 1.
struct Replica {
  const schemas::Spec& spec;
  const schemas::Service& service;
  const schemas::Image& image;
  std::uint32_t number{1};
};

// "shop-web-1", or the service's container_name.
[[nodiscard]] schemas::ContainerName replica_name(const schemas::Spec& spec,
                                                  const schemas::Service& service,
                                                  std::uint32_t number);

// Everything that the replica's start needs; errors name the service.
[[nodiscard]] schemas::Result<schemas::ContainerConfig> replica_config(const Replica& replica);

// Mounts of volumes, binds, tmpfs, secrets, configs and of the image's own volumes, by target.
[[nodiscard]] schemas::Result<std::vector<schemas::MountConfig>> replica_mounts(
    const Replica& replica, const schemas::ContainerName& container);

// "shop-web-1_0123456789ab": the same for every container that will ever have this name, so that an
// anonymous volume is carried over to its container's successor.
[[nodiscard]] schemas::VolumeName anonymous_volume(const schemas::ContainerName& container,
                                                   const std::string& target);

// The user's labels and compose's own; the configuration's hash is not among them.
[[nodiscard]] std::map<std::string, std::string> replica_labels(const Replica& replica);

// The config without the labels that say where it comes from rather than what it is: two configs
// that agree in this need no new container.
[[nodiscard]] schemas::ContainerConfig essence(schemas::ContainerConfig config);

inline constexpr const char* kServiceLabel = "com.docker.compose.service";
inline constexpr const char* kNumberLabel = "com.docker.compose.container-number";
inline constexpr const char* kDependsLabel = "com.docker.compose.depends_on";
inline constexpr const char* kHashLabel = "com.docker.compose.config-hash";

}  // namespace orchestrator
