// The end of a container's process: seen by its pidfd, told by the keeper's journal.
#include <utility>

#include "orchestrator/world/containers.hpp"
#include "runtime/container/create.hpp"
#include "runtime/sys/clock.hpp"

namespace orchestrator {

using schemas::ContainerState;

namespace {

constexpr int kLeastFailedStart = 125;  // what a child exits with that did not come to its program

}  // namespace

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
  if (exited) return settle_end(container, *exited);
  // A keeper journals before it reaps: a status in the pidfd without an entry means that somebody
  // else has reaped. Whose record is damaged cannot be found in the journal.
  auto status = runtime::exit_status_of(container.pidfd);
  if (!status && container.record.process.pid == 0) status = kNobodySaw;
  if (!status) return;  // the keeper's word comes with look_at_journal()
  settle_end(
      container,
      {.status = *status, .wall_time = runtime::wall_now(), .boot_time = runtime::boot_now()});
}

void Containers::look_at_journal() {
  for (auto& [name, container] : containers_) {
    if (container.exit_seen) look_at_exit(container);
  }
}

void Containers::settle_end(LiveContainer& container, const runtime::ExitedProcess& exited) {
  // Less than 125 comes from a program: the start was not cut off after all, and is not repeated.
  if (container.start_void && exited.status.code >= kLeastFailedStart) return void_start(container);
  finish(container, exited);
}

void Containers::finish(LiveContainer& container, const runtime::ExitedProcess& exited) {
  end_probe(container);
  runtime::ContainerRecord& record = container.record;
  record.exit = exited.status;
  record.exit->out_of_memory =
      runtime::count_oom_kills(host_.cgroups,
                               runtime::cgroup_path(place_.names, record.config.name)) > 0;
  record.finished_at = exited.wall_time;
  record.finished = exited.boot_time;
  record.state = ContainerState::Exited;
  record.health.probe_started.reset();
  let_go_of_process(container);
  save(container);
}

// The same `up` starts it again: what did not come to its program has not run.
void Containers::void_start(LiveContainer& container) {
  let_go_of_process(container);
  container.record.process = {};
  container.record.state = ContainerState::Created;
  container.record.stop_sent.reset();
  container.record.kill_sent.reset();
  save(container);
}

void Containers::let_go_of_process(LiveContainer& container) {
  if (container.report) {
    place_.wakes.forget(container.report);
    container.report.close();
  }
  container.exit_seen = false;
  container.start_void = false;
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
