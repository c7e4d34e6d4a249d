// DesiredState: the Spec and the images it names, resolved into what must exist.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "schemas/spec/spec.hpp"
#include "schemas/vocabulary/config/container_config.hpp"
#include "schemas/vocabulary/config/image_config.hpp"
#include "schemas/vocabulary/kernel_names.hpp"

namespace orchestrator {

// What a container waits for before it starts.
enum class Condition : std::uint8_t { Started, Healthy, CompletedSuccessfully };

struct Dependency {
  schemas::ContainerName container;
  Condition condition{Condition::Started};
  bool required{true};
  friend bool operator==(const Dependency&, const Dependency&) = default;
};

struct DesiredContainer {
  schemas::ContainerConfig config;
  schemas::ServiceName service;
  std::vector<Dependency> dependencies;
  friend bool operator==(const DesiredContainer&, const DesiredContainer&) = default;
};

// What must become of the project: run it, leave it stopped, or leave nothing of it.
enum class Goal : std::uint8_t { Running, Stopped, Killed, Gone };
enum class VolumeFate : std::uint8_t { Keep, Discard };  // `down -v`

struct DesiredState {
  schemas::KernelNames names;
  Goal goal{Goal::Running};
  VolumeFate volume_fate{VolumeFate::Keep};  // of Goal::Gone
  std::optional<schemas::Duration> grace;    // `down -t`: instead of each container's own
  // Of the `up` that asked for it: what had ended before is started anew by it, what ends later is
  // the restart policy's business. Without `asked_at` every exit of an older generation was before.
  std::uint64_t generation{0};
  std::optional<schemas::Instant> asked_at;
  std::map<schemas::NetworkName, schemas::NetworkConfig> networks;
  std::map<schemas::VolumeName, schemas::VolumeConfig> volumes;
  std::map<schemas::ContainerName, DesiredContainer> containers;
  std::set<schemas::ServiceName> services;  // of the Spec, also those without a replica: no orphans
  friend bool operator==(const DesiredState&, const DesiredState&) = default;
};

// Resolves a Spec for Goal::Running; goal, volume_fate, generation and asked_at
// are the caller's to set.
// NotFound names the service whose image is not in `images` (keyed as the Spec writes them) and
// what to do about it; Invalid names addresses, ports and dependencies that cannot be.
[[nodiscard]] schemas::Result<DesiredState> desired_state(
    const schemas::Spec& spec, const std::map<schemas::ImageReference, schemas::Image>& images,
    const schemas::KernelNames& names);

}  // namespace orchestrator
