// `up`: hands the model to the supervisor, shows what it does, and stays for the logs if asked to.
#include <poll.h>

#include <csignal>

#include "orchestrator/cli/commands.hpp"
#include "orchestrator/cli/log_session.hpp"
#include "orchestrator/cli/project.hpp"
#include "orchestrator/cli/ps_view.hpp"
#include "orchestrator/cli/report.hpp"
#include "orchestrator/cli/request_follower.hpp"
#include "orchestrator/cli/supervisor_link.hpp"
#include "orchestrator/reconcile/action.hpp"
#include "orchestrator/world/observe_project.hpp"
#include "runtime/journal/log_reader.hpp"
#include "schemas/spec/write.hpp"

namespace orchestrator {
namespace {

using schemas::ErrorKind;
using schemas::pass_up;
using schemas::Result;

constexpr std::size_t kLastLines = 10;  // of the log of what failed

struct UpSession {
  runtime::StateLayout layout;
  schemas::ProjectName project;
  Style style;
  SignalQueue signals;
};

// Says what the containers that failed wrote last: the reason is most often there.
void show_last_words(const UpSession& session, const ProgressPrinter& progress) {
  LogPrefixes prefixes(session.style.progress, Prefix::On);
  for (const auto& container : progress.failed()) {
    const auto lines =
        runtime::read_log(session.layout.log(session.project, container), kLastLines);
    if (!lines || lines->empty()) continue;
    std::string text = fmt::format("last lines of {}:\n", container);
    for (const auto& line : *lines) {
      text +=
          write_log_line(prefixes, display_name(container, session.project), line, Timestamps::Off);
    }
    print_message(text);
  }
}

// Ctrl-C: stops all containers in order; once more: kills them. The code of a clean stop is 0.
ExitCode stop_all(UpSession& session, LogPrinter& logs) {
  ProgressPrinter progress(session.style, Undertaking::Stop, session.project);
  const Submission submission{session.layout,  session.project, progress,
                              session.signals, &logs,           await_supervisor};
  for (Goal goal = Goal::Stopped;;) {
    print_message(goal == Goal::Stopped ? "Gracefully stopping... (press Ctrl+C again to force)\n"
                                        : "Killing...\n");
    auto submitted = submit(submission, StopRequest{goal});
    if (!submitted && submitted.error().kind() == ErrorKind::NotFound) break;  // it is gone already
    if (!submitted) return pass_up(submitted, "stop {}", session.project);
    if (std::holds_alternative<Interrupted>(submitted->end)) {
      goal = Goal::Killed;
      continue;
    }
    progress.finish();
    const std::string& failure = std::get<SettledRequest>(submitted->end).failure;
    if (!failure.empty()) return schemas::fail(ErrorKind::Failed, "{}", failure);
    break;
  }
  if (auto printed = logs.print(); !printed) return pass_up(printed);
  logs.print_unfinished();
  return exit_codes::kSuccess;
}

Result<LogPrinter> open_logs(const UpSession& session, const UpOptions& options) {
  const LogStyle style{.colours = options.no_color ? Colours::Off : session.style.output,
                       .prefix = options.no_log_prefix ? Prefix::Off : Prefix::On};
  auto logs = LogPrinter::open(session.layout, session.project, style);
  if (!logs) return logs;
  // What a container that is there already wrote before is not news.
  auto observed = observe_containers(session.layout, session.project);
  if (!observed) return pass_up(observed);
  for (const auto& [name, status] : *observed) logs->add(name, 0);
  return logs;
}

ExitCode stay(UpSession& session, LogPrinter& logs) {
  auto signal = follow_logs({session.layout, session.project, logs, session.signals,
                             [](const schemas::ContainerStatus&) { return true; }});
  if (!signal) return pass_up(signal);
  if (*signal) return stop_all(session, logs);
  return exit_codes::kSuccess;
}

UpRequest request_for(const schemas::Spec& spec, const UpOptions& options) {
  UpRequest request;
  request.model = schemas::write_json(schemas::write_spec(spec));
  request.wait = options.wait ? WaitFor::Healthy : WaitFor::Started;
  if (options.wait_timeout) request.timeout = *options.wait_timeout;
  return request;
}

}  // namespace

ExitCode run_command(const GlobalOptions& global, const UpOptions& options) {
  auto spec = load_project(global);
  if (!spec) return pass_up(spec);
  if (auto allowed = require_root("up"); !allowed) return pass_up(allowed);
  if (spec->services.empty()) return schemas::fail(ErrorKind::Invalid, "no service selected");
  auto signals = SignalQueue::open({SIGINT, SIGTERM, SIGHUP});
  if (!signals) return pass_up(signals);
  UpSession session{layout_of(global), spec->name,
                    choose_style(global, process_environment(), observe_streams()),
                    std::move(*signals)};
  const bool attached = !options.detach && !options.wait;
  std::optional<LogPrinter> logs;
  if (attached) {
    auto opened = open_logs(session, options);
    if (!opened) return pass_up(opened);
    logs = std::move(*opened);
  }
  ProgressPrinter progress(session.style, Undertaking::Up, session.project);
  auto submitted = submit({session.layout, session.project, progress, session.signals},
                          request_for(*spec, options));
  progress.finish();
  if (!submitted) return pass_up(submitted);
  if (const auto* interrupted = std::get_if<Interrupted>(&submitted->end)) {
    return logs ? stop_all(session, *logs) : exit_codes::kSignal + interrupted->signal;
  }
  const std::string& failure = std::get<SettledRequest>(submitted->end).failure;
  if (!failure.empty()) {
    show_last_words(session, progress);
    return schemas::fail(ErrorKind::Failed, "{}", failure);
  }
  return logs ? stay(session, *logs) : ExitCode(exit_codes::kSuccess);
}

}  // namespace orchestrator
