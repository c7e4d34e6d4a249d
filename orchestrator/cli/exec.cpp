// `exec`: one more process in a running container, with our terminal or our streams.
#include "runtime/container/exec.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>

#include "orchestrator/cli/chosen_containers.hpp"
#include "orchestrator/cli/commands.hpp"
#include "orchestrator/cli/exec_binary.hpp"
#include "orchestrator/cli/exec_reaper.hpp"
#include "orchestrator/cli/exec_streams.hpp"
#include "orchestrator/cli/project.hpp"
#include "orchestrator/cli/report.hpp"
#include "orchestrator/cli/signal_queue.hpp"
#include "orchestrator/cli/terminal.hpp"
#include "runtime/container/record.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerStatus;
using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::pass_up;
using schemas::Result;

unsigned number_of(const ContainerStatus& status) {
  const auto found = status.config.labels.find("com.docker.compose.container-number");
  unsigned number = 0;
  if (found == status.config.labels.end()) return number;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
  return number;
}

// The replica that was asked for, or the lowest-numbered one that runs.
Result<schemas::ContainerName> choose_replica(const ContainerList& replicas,
                                              const ExecOptions& options) {
  const ContainerStatus* chosen = nullptr;
  for (const ContainerStatus& status : replicas) {
    if (options.index && number_of(status) != *options.index) continue;
    if (status.state != schemas::ContainerState::Running) continue;
    if (chosen == nullptr || number_of(status) < number_of(*chosen)) chosen = &status;
  }
  if (chosen != nullptr) return chosen->config.name;
  if (options.index) {
    return fail(ErrorKind::NotFound, "service \"{}\" has no running container #{}", options.service,
                *options.index);
  }
  return fail(ErrorKind::NotFound, "service \"{}\" is not running", options.service);
}

// "KEY=value", or "KEY" for the value that it has here.
std::map<std::string, std::string> added_environment(const ExecOptions& options) {
  const schemas::Environment own = process_environment();
  std::map<std::string, std::string> added;
  for (const auto& word : options.environment) {
    const auto equals = word.find('=');
    if (equals != std::string::npos) {
      added[word.substr(0, equals)] = word.substr(equals + 1);
    } else if (const auto found = own.find(word); found != own.end()) {
      added[word] = found->second;
    }
  }
  return added;
}

// One running process: its streams, our signals, its end.
class Execution {
 public:
  Execution(ReapedProcess process, SignalQueue signals, std::array<Pump, 3> pumps)
      : process_(std::move(process)), signals_(std::move(signals)), pumps_(std::move(pumps)) {}

  // Closes our end of its stdin when ours has ended.
  ExitCode run(runtime::FileDescriptor input) {
    const bool has_terminal = static_cast<bool>(process_.terminal);
    // A process that closes its stdin must not end us. Only now: the process has inherited ours.
    std::signal(SIGPIPE, SIG_IGN);
    for (;;) {
      std::array<pollfd, 6> waits{{pumps_[0].wait(),
                                   pumps_[1].wait(),
                                   pumps_[2].wait(),
                                   {signals_.descriptor().get(), POLLIN, 0},
                                   {process_.end.get(), POLLIN, 0},
                                   {process_.report.get(), POLLIN, 0}}};
      if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) {
        return os_error(errno, "wait for the process");
      }
      for (std::size_t i = 0; i < pumps_.size(); ++i) pumps_[i].move(waits[i].revents);
      if (!pumps_[0].is_open()) input.close();
      while (const auto signal = signals_.take()) {
        if (auto passed = pass_on(*signal, has_terminal); !passed) return pass_up(passed);
      }
      if (waits[5].revents != 0 && process_.report) {
        const auto report = runtime::read_start_report(process_.report);
        if (report.outcome == runtime::StartOutcome::Failed) return told_failure(report);
        if (report.outcome == runtime::StartOutcome::Running) process_.report.close();
      }
      if (waits[4].revents != 0) return finish();
    }
  }

 private:
  ExitCode told_failure(const runtime::StartReport& report) {
    auto code = await_exit_code(process_);
    if (!code) return pass_up(code);
    report_error(schemas::Error(ErrorKind::Failed, report.text));
    return report.exit_code;
  }

  Result<> pass_on(int signal, bool has_terminal) {
    if (signal == SIGWINCH) {
      if (has_terminal) copy_window_size(STDIN_FILENO, process_.terminal.get());
      return {};
    }
    return runtime::send_signal(process_.pidfd, signal);
  }

  ExitCode finish() {
    if (process_.report) {
      const auto report = runtime::read_start_report(process_.report);
      if (report.outcome == runtime::StartOutcome::Failed) return told_failure(report);
    }
    auto code = await_exit_code(process_);
    pumps_[1].drain();
    pumps_[2].drain();
    if (!code) return pass_up(code);
    return *code;
  }

  ReapedProcess process_;
  SignalQueue signals_;
  std::array<Pump, 3> pumps_;
};

ExitCode run_with_terminal(runtime::ExecRequest request, runtime::HostFacts& host) {
  request.terminal = schemas::Terminal::Yes;
  auto process = exec_with_reaper(request, host);
  if (!process) return pass_up(process);
  copy_window_size(STDIN_FILENO, process->terminal.get());
  auto signals = SignalQueue::open({SIGWINCH, SIGTERM, SIGHUP});
  if (!signals) return pass_up(signals);
  auto raw = RawTerminal::enter(STDIN_FILENO);
  if (!raw) return pass_up(raw);
  const int master = process->terminal.get();
  Execution execution(std::move(*process), std::move(*signals),
                      {Pump(STDIN_FILENO, master), Pump(master, STDOUT_FILENO), Pump(-1, -1)});
  return execution.run({});
}

ExitCode run_with_streams(runtime::ExecRequest request, runtime::HostFacts& host) {
  auto streams = ExecStreams::open();
  if (!streams) return pass_up(streams);
  for (std::size_t i = 0; i < streams->child.size(); ++i) request.standard[i] = &streams->child[i];
  auto process = exec_with_reaper(request, host);
  if (!process) return pass_up(process);
  for (auto& end : streams->child) end.close();
  auto signals = SignalQueue::open({SIGINT, SIGTERM, SIGHUP, SIGQUIT});
  if (!signals) return pass_up(signals);
  auto& ours = streams->ours;
  const auto pump_out = [&ours](std::size_t number) {
    return ours[number] ? Pump(ours[number].get(), static_cast<int>(number)) : Pump(-1, -1);
  };
  const Pump pump_in = ours[0] ? Pump(STDIN_FILENO, ours[0].get()) : Pump(-1, -1);
  Execution execution(std::move(*process), std::move(*signals),
                      {pump_in, pump_out(STDOUT_FILENO), pump_out(STDERR_FILENO)});
  return execution.run(std::move(ours[0]));
}

}  // namespace

ExitCode run_command(const GlobalOptions& global, const ExecOptions& options) {
  if (auto filled = fill_standard_streams(); !filled) return pass_up(filled);
  if (auto safe = ensure_read_only_binary(); !safe) return pass_up(safe);
  auto project = find_project_name(global);
  if (!project) return pass_up(project);
  const runtime::StateLayout layout = layout_of(global);
  auto replicas = choose_containers(layout, *project, {options.service});
  if (!replicas) return pass_up(replicas);
  auto name = choose_replica(*replicas, options);
  if (!name) return pass_up(name);
  auto record = runtime::read_record(layout, *project, *name);
  if (!record) return pass_up(record);
  auto host = runtime::observe_host();
  if (!host) return pass_up(host);
  const schemas::KernelNames names{schemas::instance_of(layout.run), *project};
  runtime::ExecRequest request{names,
                               *record,
                               options.command,
                               added_environment(options),
                               options.user,
                               options.working_directory,
                               schemas::Terminal::No,
                               {}};
  const bool has_terminal =
      !options.no_tty && ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  return has_terminal ? run_with_terminal(std::move(request), *host)
                      : run_with_streams(std::move(request), *host);
}

}  // namespace orchestrator
