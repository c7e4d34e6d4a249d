// Health probes: commands run inside containers, their output and their end.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "orchestrator/reconcile/health.hpp"
#include "orchestrator/world/containers.hpp"
#include "runtime/sys/clock.hpp"

namespace orchestrator {

using schemas::Change;
using schemas::ErrorKind;
using schemas::Result;

namespace {

constexpr std::size_t kProbeOutputLimit = 4096;  // bytes kept of one probe, as Docker keeps

// The exit code of our own child, reaping it; -1 when it cannot be had.
int reap(const runtime::FileDescriptor& pidfd) {
  siginfo_t ended{};
  if (::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &ended, WEXITED | __WALL) < 0) return -1;
  return ended.si_code == CLD_EXITED ? ended.si_status : 128 + ended.si_status;
}

enum class Side : std::uint8_t { Open, Closed };

// Takes what is in the pipe; keeps the first bytes and drops the rest, so a talkative probe never
// blocks.
Side drain(const runtime::FileDescriptor& output, std::string& text) {
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = ::read(output.get(), buffer.data(), buffer.size());
    if (count == 0) return Side::Closed;
    if (count < 0) return errno == EAGAIN || errno == EINTR ? Side::Open : Side::Closed;
    const std::size_t room = kProbeOutputLimit - std::min(kProbeOutputLimit, text.size());
    text.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
  }
}

}  // namespace

Result<Change> Containers::perform(const StartProbe& action) {
  auto found = find(action.container);
  if (!found) return pass_up(found);
  LiveContainer& live = **found;
  if (live.probe) return Change::Already;
  const auto& health = live.record.config.health;
  if (!health) return schemas::fail(ErrorKind::Invalid, "{} has no health check", action.container);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) return schemas::os_error(errno, "pipe of a probe");
  runtime::FileDescriptor output(ends[0]);
  const runtime::FileDescriptor input(ends[1]);
  ::fcntl(output.get(), F_SETFL, O_NONBLOCK);
  auto process = runtime::exec_in_container({.names = place_.names,
                                             .record = live.record,
                                             .command = health->command,
                                             .environment = {},
                                             .user = {},
                                             .working_directory = {},
                                             .terminal = schemas::Terminal::No,
                                             .standard = {nullptr, &input, &input}},
                                            host_);
  if (!process) return pass_up(process, "probe {}", action.container);
  live.probe.emplace(ProbeRun{.process = std::move(*process),
                              .output = std::move(output),
                              .text = {},
                              .started = runtime::boot_now()});
  live.record.health.probe_started = live.probe->started;
  publish(live);
  for (const auto& [descriptor, kind] : {std::pair{&live.probe->process.pidfd, WakeKind::ProbeExit},
                                         std::pair{&live.probe->output, WakeKind::ProbeOutput}}) {
    if (auto watched = place_.wakes.watch(*descriptor, {kind, action.container.text}); !watched) {
      return pass_up(watched);
    }
  }
  return Change::Made;
}

Result<Change> Containers::perform(const KillProbe& action) {
  auto found = find(action.container);
  if (!found) return pass_up(found);
  LiveContainer& live = **found;
  if (!live.probe) return Change::Already;
  live.probe->timed_out = true;
  if (auto sent = runtime::send_signal(live.probe->process.pidfd, 9); !sent) return pass_up(sent);
  return Change::Made;
}

void Containers::look_at_probe_output(LiveContainer& container) {
  if (!container.probe || !container.probe->output) return;
  if (drain(container.probe->output, container.probe->text) == Side::Open) return;
  place_.wakes.forget(container.probe->output);
  container.probe->output.close();
}

void Containers::look_at_probe_exit(LiveContainer& container) {
  if (!container.probe || !runtime::has_exited(container.probe->process.pidfd)) return;
  look_at_probe_output(container);
  ProbeRun& probe = *container.probe;
  schemas::ProbeResult result{.started = probe.started,
                              .ended = runtime::boot_now(),
                              .exit_code = reap(probe.process.pidfd),
                              .output = probe.text};
  const runtime::StartReport report = runtime::read_start_report(probe.process.report);
  if (report.outcome == runtime::StartOutcome::Failed) result.output = report.text;
  schemas::ContainerStatus& status = statuses_[container.record.config.name];
  if (probe.timed_out) {
    result.exit_code = -1;
    result.output =
        fmt::format("Health check exceeded timeout ({}): {}",
                    schemas::write_duration(container.record.config.health->timeout), probe.text);
  }
  place_.wakes.forget(probe.process.pidfd);
  place_.wakes.forget(probe.output);
  container.probe.reset();
  const schemas::Health before = container.record.health.state;
  container.record.health = after_probe(container.record.health, *container.record.config.health,
                                        result, container.record.started);
  // Every result is worth showing, but only a change of state is worth a write to the disk.
  if (container.record.health.state != before) return save(container);
  status.health = container.record.health;
}

void Containers::end_probe(LiveContainer& container) {
  if (!container.probe) return;
  static_cast<void>(runtime::send_signal(container.probe->process.pidfd, 9));
  place_.wakes.forget(container.probe->process.pidfd);
  place_.wakes.forget(container.probe->output);
  // SIGKILL was sent, but a process that hangs in the kernel dies when it can: it is not waited
  // for.
  dying_probes_.push_back(std::move(container.probe->process.pidfd));
  const Wake wake{WakeKind::DyingProbe, container.record.config.name.text};
  static_cast<void>(place_.wakes.watch(dying_probes_.back(), wake));  // else the next one wakes
  container.probe.reset();
  container.record.health.probe_started.reset();
}

void Containers::reap_dying_probes() {
  std::erase_if(dying_probes_, [&](const runtime::FileDescriptor& pidfd) {
    if (!runtime::has_exited(pidfd)) return false;
    place_.wakes.forget(pidfd);
    reap(pidfd);
    return true;
  });
}

}  // namespace orchestrator
