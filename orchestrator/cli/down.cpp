// `down`: the supervisor takes everything away, then itself; we wait until nothing is left.
#include <csignal>

#include "orchestrator/cli/commands.hpp"
#include "orchestrator/cli/project.hpp"
#include "orchestrator/cli/report.hpp"
#include "orchestrator/cli/request_follower.hpp"
#include "orchestrator/cli/supervisor_link.hpp"
#include "orchestrator/world/observe_project.hpp"

namespace orchestrator {
namespace {

using schemas::ErrorKind;
using schemas::pass_up;
using schemas::Result;

// Whether `down` has anything to take away; volumes alone count only if they are to go.
Result<bool> is_anything_there(const runtime::StateLayout& layout,
                               const schemas::ProjectName& project, const DownOptions& options) {
  if (find_keeper(layout, project)) return true;
  auto observed = observe_project(layout, project);
  if (!observed) return pass_up(observed);
  return !observed->containers.empty() || !observed->networks.empty() ||
         (options.volumes && !observed->volumes.empty());
}

}  // namespace

ExitCode run_command(const GlobalOptions& global, const DownOptions& options) {
  auto project = find_project_name(global);
  if (!project) return pass_up(project);
  if (auto allowed = require_root("down"); !allowed) return pass_up(allowed);
  const runtime::StateLayout layout = layout_of(global);
  auto anything = is_anything_there(layout, *project, options);
  if (!anything) return pass_up(anything);
  if (!*anything) {
    report_warning(fmt::format("No resource found to remove for project \"{}\".", *project));
    return exit_codes::kSuccess;
  }
  auto signals = SignalQueue::open({SIGINT, SIGTERM, SIGHUP});
  if (!signals) return pass_up(signals);
  DownRequest request{options.volumes ? VolumeFate::Discard : VolumeFate::Keep, std::nullopt};
  if (options.timeout) request.grace = *options.timeout;
  ProgressPrinter progress(choose_style(global, process_environment(), observe_streams()),
                           Undertaking::Down, *project);
  auto submitted = submit({layout, *project, progress, *signals}, request);
  progress.finish();
  if (!submitted) return pass_up(submitted, "take {} down", *project);
  if (const auto* interrupted = std::get_if<Interrupted>(&submitted->end)) {
    return exit_codes::kSignal + interrupted->signal;
  }
  const std::string& failure = std::get<SettledRequest>(submitted->end).failure;
  if (!failure.empty()) return schemas::fail(ErrorKind::Failed, "{}", failure);
  auto ended = await_end(layout, *project, submitted->keeper);
  if (!ended) return pass_up(ended);
  return exit_codes::kSuccess;
}

}  // namespace orchestrator
