// Action: one thing that can be done to the world, with all that doing it needs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "schemas/vocabulary/config/container_config.hpp"
#include "schemas/vocabulary/config/firewall_config.hpp"
#include "schemas/vocabulary/config/mount_config.hpp"
#include "schemas/vocabulary/config/network_config.hpp"
#include "schemas/vocabulary/names.hpp"
#include "schemas/vocabulary/status.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace orchestrator {

// Makes the bridge (again, if it was lost) with exactly this subnet. Conflict when another project
// took the subnet since the observation.
struct CreateNetwork {
  schemas::NetworkConfig config;
  schemas::Subnet subnet;
};
struct DiscardNetwork {
  schemas::NetworkName network;
};
struct CreateVolume {
  schemas::VolumeConfig config;
};
// Begins to copy the image's content at `target` into the empty volume; observe() says when it is
// done.
struct FillVolume {
  schemas::VolumeName volume;
  std::vector<schemas::Digest> layers;
  std::string target;
};
struct DiscardVolume {
  schemas::VolumeName volume;
};
// Holds a port of the host by a bound socket. Conflict when somebody else has it.
struct ReservePort {
  schemas::PublishedPort port;
};
struct ReleasePort {
  schemas::PublishedPort port;
};
// Replaces our table by this, in one transaction.
struct ApplyFirewall {
  schemas::FirewallConfig config;
};
struct WithdrawFirewall {};
// Makes the record, the directories and the endpoint set (network namespace); starts nothing.
struct CreateContainer {
  schemas::ContainerConfig config;
  std::vector<schemas::EndpointStatus> endpoints;  // the address of each endpoint
};
// Makes one endpoint's veth again (lost link, lost bridge) in the running container.
struct AttachEndpoint {
  schemas::ContainerName container;
  schemas::EndpointStatus endpoint;
};
struct StartContainer {
  schemas::ContainerName container;
  std::uint64_t generation{0};
  std::uint32_t restart_count{0};
  schemas::Duration backoff{0};  // that was waited before this start
};
struct StopContainer {
  schemas::ContainerName container;
  int signal{15};
  schemas::Duration grace{std::chrono::seconds{10}};  // for the text: reconcile watches its end
};
struct KillContainer {
  schemas::ContainerName container;
};
struct DiscardContainer {
  schemas::ContainerName container;
};
struct StartProbe {
  schemas::ContainerName container;
};
struct KillProbe {
  schemas::ContainerName container;
};

using Action = std::variant<CreateNetwork, DiscardNetwork, CreateVolume, FillVolume, DiscardVolume,
                            ReservePort, ReleasePort, ApplyFirewall, WithdrawFirewall,
                            CreateContainer, AttachEndpoint, StartContainer, StopContainer,
                            KillContainer, DiscardContainer, StartProbe, KillProbe>;

// "start shop-web-1": the text that plans, events and golden tests share. With a project, its
// containers lose the project's prefix: "start web-1".
[[nodiscard]] std::string describe(const Action& action, const schemas::ProjectName& project = {});

// The container, network, volume or port that the action is about, by its full name.
[[nodiscard]] std::string subject_of(const Action& action);

// "db-1" for "shop-db-1" of project shop: how containers are called in front of people.
[[nodiscard]] std::string display_name(const schemas::ContainerName& container,
                                       const schemas::ProjectName& project);

}  // namespace orchestrator
