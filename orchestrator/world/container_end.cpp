// The end of a container's process: seen by its pidfd, told by the keeper's journal.
#include <utility>

#include "orchestrator/world/containers.hpp"
#include "runtime/container/create.hpp"
#include "runtime/journal/exit_journal.hpp"
#include "runtime/sys/clock.hpp"

namespace orchestrator {

using schemas::ContainerState;

void Containers::look_at_exit(LiveContainer& container) {
  // A failed exec is told by the report, with words; it comes before the exit that it causes.
  if (container.report) look_at_report(container);
  if (!container.pidfd) return;
  if (!runtime::has_exited(container.pidfd)) return;
  if (!container.exit_seen) {
    container.exit_seen = true;
    place_.wakes.forget(container.pidfd);  // it would be readable for ever
  }
  const auto exited = runtime::read_exit(place_.layout.exit_journal(place_.names.project),
                                         container.record.process);
  if (!exited) return;  // the keeper's word comes with look_at_journal()
  finish(container, exited->status, exited->wall_time, exited->boot_time);
}

void Containers::look_at_journal() {
  for (auto& [name, container] : containers_) {
    if (container.exit_seen) look_at_exit(container);
  }
}

void Containers::finish(LiveContainer& container, const schemas::ExitStatus& status,
                        schemas::WallTime wall, schemas::Instant boot) {
  end_probe(container);
  runtime::ContainerRecord& record = container.record;
  record.exit = status;
  record.exit->out_of_memory =
      runtime::count_oom_kills(host_.cgroups,
                               runtime::cgroup_path(place_.names, record.config.name)) > 0;
  record.finished_at = wall;
  record.finished = boot;
  record.state = ContainerState::Exited;
  record.health.probe_started.reset();
  let_go_of_process(container);
  save(container);
}

void Containers::let_go_of_process(LiveContainer& container) {
  if (container.report) {
    place_.wakes.forget(container.report);
    container.report.close();
  }
  container.exit_seen = false;
  if (!container.pidfd) return;
  place_.wakes.forget(container.pidfd);
  container.pidfd.close();
  container.record.process = {};
  const schemas::ContainerName& name = container.record.config.name;
  // Only a broken socket to the keeper makes these fail, and then its replacement is given what we
  // have now, which is the truth.
  static_cast<void>(place_.holder.drop(pidfd_name(name)));
  static_cast<void>(place_.holder.end_logs(name));
}

}  // namespace orchestrator
