// Taking up containers that an earlier supervisor left: start-up is only one more look.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "orchestrator/world/containers.hpp"
#include "runtime/journal/exit_journal.hpp"
#include "runtime/sys/clock.hpp"
#include "runtime/sys/files.hpp"
#include "runtime/sys/namespaces.hpp"

namespace orchestrator {

using schemas::ContainerState;
using schemas::Result;

namespace {

// Whether a process still runs our own program: a child that has not come to its exec yet.
bool runs_our_program(pid_t pid) {
  struct stat ours {};
  struct stat theirs {};
  if (::stat("/proc/self/exe", &ours) < 0) return false;
  if (::stat(fmt::format("/proc/{}/exe", pid).c_str(), &theirs) < 0) return false;
  return ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

}  // namespace

Result<> Containers::recover(HeldDescriptors& held) {
  auto records = runtime::list_records(place_.layout, place_.names.project);
  if (!records) return pass_up(records, "read the containers of {}", place_.names.project);
  for (runtime::ContainerRecord& record : *records) {
    const schemas::ContainerName name = record.config.name;
    LiveContainer& container = containers_[name];
    container.record = std::move(record);
    container.record.health.probe_started.reset();  // a probe does not outlive its supervisor
    publish(container);
    if (auto recovered = recover_one(container, held); !recovered) {
      return pass_up(recovered, "take up {}", name);
    }
  }
  return look_at_links();
}

Result<> Containers::recover_one(LiveContainer& container, HeldDescriptors& held) {
  runtime::ContainerRecord& record = container.record;
  const schemas::ContainerName& name = record.config.name;
  container.endpoint_set = take_held(held, endpoint_set_name(name));
  container.pidfd = take_held(held, pidfd_name(name));
  const bool was_held = static_cast<bool>(container.pidfd);

  const bool ran =
      record.state == ContainerState::Starting || record.state == ContainerState::Running;
  if (!was_held && ran) {
    if (auto process = runtime::open_process(record.process)) container.pidfd = std::move(*process);
  }
  if (!container.endpoint_set && container.pidfd &&
      record.config.network_mode == schemas::NetworkMode::Bridged) {
    // Supervisor and keeper both died: the namespace is kept only by those who live in it.
    if (auto set = runtime::open_namespace(record.process.pid, "net")) {
      container.endpoint_set = std::move(*set);
      if (auto kept = place_.holder.hold(endpoint_set_name(name), container.endpoint_set); !kept) {
        return pass_up(kept);
      }
    }
  }
  if (container.endpoint_set) {
    if (auto served = serve_names(container, held); !served) return pass_up(served);
  }
  if (!ran) return {};
  if (!container.pidfd) {
    const auto exited =
        runtime::read_exit(place_.layout.exit_journal(place_.names.project), record.process);
    if (exited) {
      finish(container, exited->status, exited->wall_time, exited->boot_time);
    } else {
      finish(container, {.code = 255, .known = false}, runtime::wall_now(), runtime::boot_now());
    }
    return {};
  }
  if (record.state == ContainerState::Starting && !runs_our_program(record.process.pid)) {
    record.state = ContainerState::Running;
    save(container);
  }
  if (!was_held) return adopt(container);
  return place_.wakes.watch(container.pidfd, {WakeKind::Exit, name.text});
}

Result<> Containers::adopt(LiveContainer& container) {
  const schemas::ContainerName& name = container.record.config.name;
  const std::string directory = place_.layout.container_run(place_.names.project, name);
  // O_RDWR: a FIFO without another reader or writer opens at once, and never gives end of file.
  const auto open_fifo = [&](const char* file) {
    return runtime::FileDescriptor(
        ::open((directory + "/" + file).c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  };
  const runtime::FileDescriptor standard_output = open_fifo("stdout");
  const runtime::FileDescriptor standard_error = open_fifo("stderr");
  if (!standard_output || !standard_error) {
    return schemas::os_error(errno, "open the log FIFOs of {}", name);
  }
  return hand_to_holder(container, standard_output, standard_error, Kinship::Adopted);
}

}  // namespace orchestrator
