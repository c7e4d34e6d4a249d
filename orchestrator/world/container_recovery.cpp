// Taking up containers that an earlier supervisor left: start-up is only one more look.
#include <fcntl.h>
#include <sys/stat.h>

#include <csignal>
#include <utility>

#include "orchestrator/world/containers.hpp"
#include "runtime/sys/clock.hpp"
#include "runtime/sys/files.hpp"
#include "runtime/sys/namespaces.hpp"

namespace orchestrator {

using schemas::ContainerState;
using schemas::Result;

namespace {

// Whether a process has come to a program of its own. A child of ours that has not come to its exec
// yet still runs our file, and one that is dying runs none.
bool runs_its_program(pid_t pid) {
  struct stat ours {};
  struct stat theirs {};
  if (::stat("/proc/self/exe", &ours) < 0) return true;
  if (::stat(fmt::format("/proc/{}/exe", pid).c_str(), &theirs) < 0) return false;
  return ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino;
}

bool is_alive(const runtime::ContainerRecord& record) {
  return record.state == ContainerState::Starting || record.state == ContainerState::Running;
}

}  // namespace

Result<> Containers::recover(HeldDescriptors& held) {
  auto list = runtime::list_records(place_.layout, place_.names.project);
  if (!list) return pass_up(list, "read the containers of {}", place_.names.project);
  for (const runtime::DamagedRecord& damaged : list->damaged) {
    warnings_.push_back(fmt::format("the record of {} is damaged ({}): it can only be discarded",
                                    damaged.container, damaged.reason));
    list->records.push_back(runtime::stand_in_for(damaged));
  }
  for (runtime::ContainerRecord& record : list->records) {
    const schemas::ContainerName name = record.config.name;
    LiveContainer& container = containers_[name];
    container.record = std::move(record);
    container.record.health.probe_started.reset();  // a probe does not outlive its supervisor
    if (auto recovered = recover_one(container, held); !recovered) {
      return pass_up(recovered, "take up {}", name);
    }
    publish(container);
  }
  return look_at_links();
}

Result<> Containers::recover_one(LiveContainer& container, HeldDescriptors& held) {
  runtime::ContainerRecord& record = container.record;
  container.endpoint_set = take_held(held, endpoint_set_name(record.config.name));
  container.pidfd = take_held(held, pidfd_name(record.config.name));
  const bool was_held = static_cast<bool>(container.pidfd);
  // Held, and its record (a damaged one) knows of no process: it may well live.
  if (was_held && record.process.pid == 0 && record.state == ContainerState::FailedToStart) {
    record.state = ContainerState::Running;
  }
  const bool ran = is_alive(record);
  if (!was_held && ran) {
    if (auto process = runtime::open_process(record.process)) container.pidfd = std::move(*process);
  }
  if (record.state == ContainerState::Starting) judge_start(container);
  if (auto kept = recover_endpoint_set(container, held); !kept) return pass_up(kept);
  if (!ran) return {};
  if (!container.pidfd) {
    recover_end(container);
    return {};
  }
  return was_held || container.start_void ? watch_again(container) : adopt(container);
}

// The news whether exec worked was lost with the supervisor before us. Nobody will tell of an exec
// that comes now, so a start that was cut off is made void: what has not begun loses nothing.
void Containers::judge_start(LiveContainer& container) {
  if (container.pidfd && runs_its_program(container.record.process.pid)) {
    container.record.state = ContainerState::Running;
    return save(container);
  }
  container.start_void = true;
  if (container.pidfd) static_cast<void>(runtime::send_signal(container.pidfd, SIGKILL));
}

Result<> Containers::recover_endpoint_set(LiveContainer& container, HeldDescriptors& held) {
  const runtime::ContainerRecord& record = container.record;
  // Supervisor and keeper both died: the namespace is kept only by those who live in it. A start
  // that was cut off may not have entered it yet.
  if (!container.endpoint_set && container.pidfd && !container.start_void &&
      record.config.network_mode == schemas::NetworkMode::Bridged) {
    if (auto set = runtime::open_namespace(record.process.pid, "net")) {
      container.endpoint_set = std::move(*set);
      const std::string name = endpoint_set_name(record.config.name);
      if (auto kept = place_.holder.hold(name, container.endpoint_set); !kept) return pass_up(kept);
    }
  }
  if (!container.endpoint_set) return {};
  return serve_names(container, held);
}

void Containers::recover_end(LiveContainer& container) {
  const auto exited = runtime::read_exit(place_.layout.exit_journal(place_.names.project),
                                         container.record.process);
  settle_end(container, exited.value_or(runtime::ExitedProcess{.status = kNobodySaw,
                                                               .wall_time = runtime::wall_now(),
                                                               .boot_time = runtime::boot_now()}));
}

// The keeper may not be the parent of what it holds, and then must watch it; for a child of its own
// that changes nothing.
Result<> Containers::watch_again(LiveContainer& container) {
  const runtime::ContainerRecord& record = container.record;
  if (record.process.pid != 0) {
    auto watched = place_.holder.hold_process(record.config.name, record.process, container.pidfd,
                                              Kinship::Adopted);
    if (!watched) return pass_up(watched);
  }
  return place_.wakes.watch(container.pidfd, {WakeKind::Exit, record.config.name.text});
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
    warnings_.push_back(
        fmt::format("{} runs on without a log: its FIFOs are gone from {}; restart it to have one",
                    name, directory));
    return watch_again(container);
  }
  return hand_to_holder(container, standard_output, standard_error, Kinship::Adopted);
}

}  // namespace orchestrator
