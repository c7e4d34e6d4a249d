// What the machine looks like now: statuses come up, and decide nothing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schemas/vocabulary/config/container_config.hpp"
#include "schemas/vocabulary/config/mount_config.hpp"
#include "schemas/vocabulary/config/network_config.hpp"
#include "schemas/vocabulary/names.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace schemas {

//            create           start            exec worked        exit
//  (nothing) ──────▶ Created ──────▶ Starting ──────▶ Running ──────────▶ Exited ─▶ start again
//                                        └─ setup or exec failed ─▶ FailedToStart
enum class ContainerState : std::uint8_t { Created, Starting, Running, Exited, FailedToStart };

// How a process ended. A signal n is exit code 128 + n.
struct ExitStatus {
  int code{0};
  bool core_dumped{false};
  bool out_of_memory{false};
  bool known{true};  // false: nobody was there to see it; code is 255
  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};

enum class Health : std::uint8_t { None, Starting, Healthy, Unhealthy };

struct ProbeResult {
  Instant started;
  Instant ended;
  int exit_code{0};    // -1: the timeout was over
  std::string output;  // the first 4096 bytes
  friend bool operator==(const ProbeResult&, const ProbeResult&) = default;
};

struct HealthStatus {
  Health state{Health::None};
  std::uint32_t failing_streak{0};
  std::optional<Instant> probe_started;  // a probe is running
  std::vector<ProbeResult> log;          // the last five, oldest first
  friend bool operator==(const HealthStatus&, const HealthStatus&) = default;
};

// One container's place in a network as the kernel shows it.
struct EndpointStatus {
  NetworkName network;
  Ipv4Address address;
  bool attached{false};  // the veth exists and is a port of its bridge
  friend bool operator==(const EndpointStatus&, const EndpointStatus&) = default;
};

// One container as it is.
struct ContainerStatus {
  ContainerConfig config;  // what it was created from
  Digest fingerprint;
  ContainerState state{ContainerState::Created};
  std::int32_t pid{0};  // on the host; 0 when nothing runs
  std::vector<EndpointStatus> endpoints;
  std::uint64_t generation{0};  // of the `up` that last started it
  WallTime created_at{};
  WallTime started_at{};
  WallTime finished_at{};
  Instant started{};   // of the last start
  Instant finished{};  // of the last exit
  std::optional<ExitStatus> exit;
  std::string failure;  // FailedToStart: why, in words
  std::uint32_t restart_count{0};
  Duration backoff{0};               // the delay before the last restart
  std::optional<Instant> stop_sent;  // the stop signal was sent, grace is running
  std::optional<Instant> kill_sent;  // SIGKILL was sent
  bool stop_wanted{false};           // we stopped it: no restart policy applies
  HealthStatus health;
  friend bool operator==(const ContainerStatus&, const ContainerStatus&) = default;
};

struct NetworkStatus {
  NetworkConfig config;  // what it was created from
  Subnet subnet;
  bool bridge_up{false};  // the bridge is there, up, with its address
  friend bool operator==(const NetworkStatus&, const NetworkStatus&) = default;
};

enum class VolumeState : std::uint8_t { Empty, Filling, Ready };

struct VolumeStatus {
  VolumeConfig config;
  VolumeState state{VolumeState::Empty};
  friend bool operator==(const VolumeStatus&, const VolumeStatus&) = default;
};

}  // namespace schemas
