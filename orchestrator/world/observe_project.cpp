// Observation without a supervisor: records, exit journal and kernel, read once.
#include "orchestrator/world/observe_project.hpp"

#include <algorithm>

#include "orchestrator/world/networks.hpp"
#include "orchestrator/world/volumes.hpp"
#include "runtime/container/observe.hpp"
#include "runtime/journal/exit_journal.hpp"
#include "runtime/sys/clock.hpp"
#include "schemas/vocabulary/kernel_names.hpp"

namespace orchestrator {

using schemas::Result;

namespace {

// The status of one container; the journal knows exits that the record does not tell yet.
schemas::ContainerStatus status_now(const runtime::StateLayout& layout,
                                    const schemas::ProjectName& project,
                                    const runtime::ContainerRecord& record) {
  schemas::ContainerStatus status = runtime::observe_container(record);
  if (status.state != schemas::ContainerState::Exited ||
      record.state == schemas::ContainerState::Exited) {
    return status;
  }
  if (const auto exited = runtime::read_exit(layout.exit_journal(project), record.process)) {
    status.exit = exited->status;
    status.finished_at = exited->wall_time;
    status.finished = exited->boot_time;
  } else {
    // Nobody saw it end; we are the first who know that it has.
    status.finished_at = runtime::wall_now();
    status.finished = runtime::boot_now();
  }
  return status;
}

}  // namespace

Result<std::map<schemas::ContainerName, schemas::ContainerStatus>> observe_containers(
    const runtime::StateLayout& layout, const schemas::ProjectName& project) {
  auto records = runtime::list_records(layout, project);
  if (!records) return pass_up(records);
  std::map<schemas::ContainerName, schemas::ContainerStatus> statuses;
  for (const runtime::ContainerRecord& record : records->records) {
    statuses.emplace(record.config.name, status_now(layout, project, record));
  }
  for (const runtime::DamagedRecord& damaged : records->damaged) {
    statuses.emplace(damaged.container, runtime::status_of(runtime::stand_in_for(damaged)));
  }
  return statuses;
}

Result<ObservedState> observe_project(const runtime::StateLayout& layout,
                                      const schemas::ProjectName& project) {
  ObservedState state;
  auto containers = observe_containers(layout, project);
  if (!containers) return pass_up(containers, "read the containers of {}", project);
  state.containers = std::move(*containers);
  auto networks =
      Networks::open(layout, {.instance = schemas::instance_of(layout.run), .project = project});
  if (!networks) return pass_up(networks);
  if (auto seen = networks->observe(state); !seen) return pass_up(seen);
  auto links = networks->observe_links();
  if (!links) return pass_up(links);
  for (auto& [name, status] : state.containers) {
    for (schemas::EndpointStatus& endpoint : status.endpoints) {
      endpoint.attached = networks->is_attached(*links, name, endpoint.network);
    }
    // The sockets that hold ports are the keeper's; while it lives, what runs has its ports.
    if (status.state == schemas::ContainerState::Running) {
      state.reserved_ports.insert(state.reserved_ports.end(), status.config.ports.begin(),
                                  status.config.ports.end());
    }
  }
  std::ranges::sort(state.reserved_ports);
  Volumes volumes(layout, project);
  if (auto read = volumes.read(); !read) return pass_up(read);
  state.volumes = volumes.statuses();
  return state;
}

}  // namespace orchestrator
