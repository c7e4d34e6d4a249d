// ContainerConfig: everything that the start of one container needs, fully resolved.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schemas/vocabulary/config/health_config.hpp"
#include "schemas/vocabulary/config/mount_config.hpp"
#include "schemas/vocabulary/config/network_config.hpp"
#include "schemas/vocabulary/digest.hpp"
#include "schemas/vocabulary/document.hpp"
#include "schemas/vocabulary/names.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace schemas {

enum class RestartMode : std::uint8_t { No, OnFailure, Always, UnlessStopped };

// compose-spec "restart"; max_attempts 0 = no limit (only with OnFailure).
struct RestartPolicy {
  RestartMode mode{RestartMode::No};
  std::uint32_t max_attempts{0};
  friend bool operator==(const RestartPolicy&, const RestartPolicy&) = default;
};

// Limits of the container's cgroup; what is not set is not limited.
struct ResourceLimits {
  std::optional<std::int64_t> memory;     // bytes
  std::optional<std::int64_t> nano_cpus;  // billionths of one CPU
  std::optional<std::int64_t> pids;
  friend bool operator==(const ResourceLimits&, const ResourceLimits&) = default;
};

enum class NetworkMode : std::uint8_t { Bridged, Host, None };
enum class Terminal : std::uint8_t { No, Yes };
enum class NewPrivileges : std::uint8_t { Allowed, Refused };

// A container as it is wanted: entrypoint and command merged, environment complete, paths absolute.
struct ContainerConfig {
  ContainerName name;
  ImageReference image;              // as the user wrote it
  Digest image_id;                   // of the image configuration that was found for it
  std::vector<Digest> layers;        // diff ids, base first
  std::vector<std::string> command;  // argv, never empty
  std::map<std::string, std::string> environment;  // image's and user's, merged
  std::string user;                                // "", "name", "uid", "uid:gid", "name:group"
  std::string working_directory;                   // absolute; "/" when nobody said
  std::string hostname;
  std::vector<MountConfig> mounts;  // sorted by target
  NetworkMode network_mode{NetworkMode::Bridged};
  std::vector<EndpointConfig> endpoints;           // sorted: the first becomes eth0
  std::vector<PublishedPort> ports;                // sorted
  std::map<std::string, std::string> extra_hosts;  // name -> address or "host-gateway"
  std::vector<std::string> cap_add;                // "NET_ADMIN" without CAP_, or "ALL"; sorted
  std::vector<std::string> cap_drop;
  NewPrivileges new_privileges{NewPrivileges::Allowed};
  Access root_access{Access::ReadWrite};
  bool init{false};  // a reaping pid 1 in front of the command
  ResourceLimits limits;
  std::optional<std::int64_t> shm_size;  // bytes; 64 MiB when nobody said
  RestartPolicy restart;
  std::optional<HealthConfig> health;
  int stop_signal{15};
  Duration stop_grace{std::chrono::seconds{10}};
  std::map<std::string, std::string> labels;  // user's and com.docker.compose.*

  friend bool operator==(const ContainerConfig&, const ContainerConfig&) = default;
};

// The canonical form: what records hold, fingerprints hash and diffs compare. Keys are the compose
// words where there is one ("limits.memory"), so that a diff reads like the project file.
[[nodiscard]] Node write_container_config(const ContainerConfig& config);
[[nodiscard]] Result<ContainerConfig> read_container_config(const Node& node);

// Digest of the canonical form.
[[nodiscard]] Digest fingerprint(const ContainerConfig& config);

// "limits.memory 64m -> 128m; command changed": what differs, for the reason of a plan's step.
[[nodiscard]] std::string describe_difference(const ContainerConfig& before,
                                              const ContainerConfig& after);

[[nodiscard]] Node write_network_config(const NetworkConfig& config);
[[nodiscard]] Result<NetworkConfig> read_network_config(const Node& node);

}  // namespace schemas
