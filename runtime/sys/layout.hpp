// StateLayout: where everything of ours lies on disk (DESIGN section 3); the only place that joins
// paths.
#pragma once

#include <string>

#include "schemas/vocabulary/names.hpp"

namespace runtime {

// Paths below the two state directories. `root` outlives a reboot, `run` does not.
struct StateLayout {
  std::string root;  // "/var/lib/tutti" unless --root says otherwise; absolute
  std::string run;   // "/run/tutti" unless --run says otherwise; absolute

  [[nodiscard]] std::string images() const;   // root/images: OCI layout
  [[nodiscard]] std::string layers() const;   // root/layers/<diff id>
  [[nodiscard]] std::string volumes() const;  // root/volumes/<name>/_data
  [[nodiscard]] std::string volume_data(const schemas::VolumeName& volume) const;

  // root/projects/<name>: desired.json, events.jsonl, networks.json, containers/
  [[nodiscard]] std::string project(const schemas::ProjectName& project) const;
  // root/projects/<project>/containers/<container>: config.json, upper, work, log, etc
  [[nodiscard]] std::string container(const schemas::ProjectName& project,
                                      const schemas::ContainerName& container) const;
  [[nodiscard]] std::string log(const schemas::ProjectName& project,
                                const schemas::ContainerName& container) const;

  // run/<name>: socket, lock, exits (journal), containers/<container>.json
  [[nodiscard]] std::string project_run(const schemas::ProjectName& project) const;
  [[nodiscard]] std::string socket(const schemas::ProjectName& project) const;
  [[nodiscard]] std::string exit_journal(const schemas::ProjectName& project) const;
  // run/<name>/containers/<container>: state.json, stdout and stderr FIFOs
  [[nodiscard]] std::string container_run(const schemas::ProjectName& project,
                                          const schemas::ContainerName& container) const;
};

}  // namespace runtime
