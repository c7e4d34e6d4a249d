// Holds a record against the kernel.
#include "runtime/container/observe.hpp"

namespace runtime {

using schemas::ContainerState;
using schemas::ContainerStatus;

ContainerStatus status_of(const ContainerRecord& record) {
  return {.config = record.config,
          .fingerprint = record.fingerprint,
          .state = record.state,
          .pid = record.process.pid,
          .endpoints = record.endpoints,
          .generation = record.generation,
          .created_at = record.created_at,
          .started_at = record.started_at,
          .finished_at = record.finished_at,
          .started = record.started,
          .finished = record.finished,
          .exit = record.exit,
          .failure = record.failure,
          .restart_count = record.restart_count,
          .backoff = record.backoff,
          .stop_sent = record.stop_sent,
          .kill_sent = record.kill_sent,
          .stop_wanted = record.stop_wanted,
          .health = record.health};
}

ContainerStatus observe_container(const ContainerRecord& record) {
  ContainerStatus status = status_of(record);
  const bool runs =
      record.state == ContainerState::Starting || record.state == ContainerState::Running;
  if (runs && open_process(record.process)) return status;
  status.pid = 0;
  if (!runs) return status;
  status.state = ContainerState::Exited;
  status.exit = schemas::ExitStatus{.code = 255, .known = false};
  status.health.probe_started.reset();
  return status;
}

}  // namespace runtime
