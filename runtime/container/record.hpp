// ContainerRecord: what we know of one container, in two files that survive us.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/sys/layout.hpp"
#include "runtime/sys/process.hpp"
#include "schemas/vocabulary/document.hpp"
#include "schemas/vocabulary/status.hpp"

namespace runtime {

//   config.json (layout.container, outlives a reboot): config, fingerprint, endpoints, created_at;
//                                                      written once, by create_container
//   state.json  (layout.container_run, does not):      all the rest; written at every change
struct ContainerRecord {
  schemas::ContainerConfig config;
  schemas::Digest fingerprint;
  std::vector<schemas::EndpointStatus> endpoints;  // addresses; `attached` is always false here
  schemas::WallTime created_at{};

  ProcessIdentity process;  // the container's pid 1; pid 0 when nothing was started
  schemas::ContainerState state{schemas::ContainerState::Created};
  std::uint64_t generation{0};
  schemas::WallTime started_at{};
  schemas::WallTime finished_at{};
  schemas::Instant started{};
  schemas::Instant finished{};
  std::uint32_t restart_count{0};
  schemas::Duration backoff{0};
  std::optional<schemas::Instant> stop_sent;
  std::optional<schemas::Instant> kill_sent;
  bool stop_wanted{false};
  std::optional<schemas::ExitStatus> exit;
  std::string failure;
  schemas::HealthStatus health;

  friend bool operator==(const ContainerRecord&, const ContainerRecord&) = default;
};

// Both replace their file in one rename; no fsync.
[[nodiscard]] schemas::Result<> write_config_record(const StateLayout& layout,
                                                    const schemas::ProjectName& project,
                                                    const ContainerRecord& record);
[[nodiscard]] schemas::Result<> write_state_record(const StateLayout& layout,
                                                   const schemas::ProjectName& project,
                                                   const ContainerRecord& record);

// NotFound without a config.json. Without a state.json (reboot): Created when it was never
// started, else Exited with an unknown code, at the boot at the latest.
[[nodiscard]] schemas::Result<ContainerRecord> read_record(const StateLayout& layout,
                                                           const schemas::ProjectName& project,
                                                           const schemas::ContainerName& container);

// A container whose record cannot be read: a power cut left half a file, or another version wrote.
struct DamagedRecord {
  schemas::ContainerName container;
  std::string reason;
};

// What stands for it in front of everybody else: it failed to start, and can only be discarded.
[[nodiscard]] ContainerRecord stand_in_for(const DamagedRecord& damaged);

struct RecordList {
  std::vector<ContainerRecord> records;
  std::vector<DamagedRecord> damaged;
};

// Every container of a project, sorted by name; none when there is no such project. Directories
// that have no config.json yet (a create was cut short) are not containers.
[[nodiscard]] schemas::Result<RecordList> list_records(const StateLayout& layout,
                                                       const schemas::ProjectName& project);

// The canonical text forms; reading refuses unknown keys and values out of range.
[[nodiscard]] schemas::Node write_config_part(const ContainerRecord& record);
[[nodiscard]] schemas::Node write_state_part(const ContainerRecord& record);
[[nodiscard]] schemas::Result<> read_config_part(const schemas::Node& node,
                                                 ContainerRecord& record);
[[nodiscard]] schemas::Result<> read_state_part(const schemas::Node& node, ContainerRecord& record);

}  // namespace runtime
