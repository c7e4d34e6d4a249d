// `logs`: what the containers wrote, merged by time; with -f also what they are going to write.
#include <algorithm>
#include <csignal>

#include "orchestrator/cli/chosen_containers.hpp"
#include "orchestrator/cli/commands.hpp"
#include "orchestrator/cli/log_session.hpp"
#include "orchestrator/cli/project.hpp"
#include "orchestrator/cli/terminal.hpp"

namespace orchestrator {

ExitCode run_command(const GlobalOptions& global, const LogsOptions& options) {
  using schemas::pass_up;
  auto project = find_project_name(global);
  if (!project) return pass_up(project);
  const runtime::StateLayout layout = layout_of(global);
  auto containers = choose_containers(layout, *project, options.services);
  if (!containers) return pass_up(containers);
  const Style style = choose_style(global, process_environment(), observe_streams());
  auto logs =
      LogPrinter::open(layout, *project,
                       {.colours = options.no_color ? Colours::Off : style.output,
                        .prefix = options.no_log_prefix ? Prefix::Off : Prefix::On,
                        .timestamps = options.timestamps ? Timestamps::On : Timestamps::Off});
  if (!logs) return pass_up(logs);
  for (const auto& status : *containers) logs->add(status.config.name, options.tail);
  if (auto printed = logs->print(); !printed) return pass_up(printed);
  if (!options.follow) {
    logs->print_unfinished();
    return exit_codes::kSuccess;
  }
  auto signals = SignalQueue::open({SIGINT, SIGTERM, SIGHUP});
  if (!signals) return pass_up(signals);
  const auto chosen = [&options](const schemas::ContainerStatus& status) {
    const auto& services = options.services;
    return services.empty() ||
           std::find(services.begin(), services.end(), service_of(status)) != services.end();
  };
  auto signal = follow_logs({layout, *project, *logs, *signals, chosen});
  if (!signal) return pass_up(signal);
  return *signal ? exit_codes::kSignal + **signal : exit_codes::kSuccess;
}

}  // namespace orchestrator
