// `plan`: what `up` would do and why; touches nothing.
#include "orchestrator/reconcile/plan.hpp"

#include "orchestrator/cli/commands.hpp"
#include "orchestrator/cli/project.hpp"
#include "orchestrator/cli/report.hpp"
#include "orchestrator/reconcile/reconcile.hpp"
#include "orchestrator/reconcile/teardown.hpp"
#include "orchestrator/world/observe_project.hpp"
#include "orchestrator/world/resolve_project.hpp"
#include "runtime/sys/clock.hpp"

namespace orchestrator {
namespace {

// An `up` tries again what failed to start; the generation it would have is the next one.
std::uint64_t next_generation(const ObservedState& observed) {
  std::uint64_t last = 0;
  for (const auto& [name, status] : observed.containers) last = std::max(last, status.generation);
  return last + 1;
}

}  // namespace

ExitCode run_command(const GlobalOptions& global, const PlanOptions&) {
  using schemas::pass_up;
  auto spec = load_project(global);
  if (!spec) return pass_up(spec);
  const runtime::StateLayout layout = layout_of(global);
  auto desired = resolve_project(*spec, layout);
  if (!desired) return pass_up(desired);
  auto observed = observe_project(layout, spec->name);
  if (!observed) return pass_up(observed);
  desired->generation = next_generation(*observed);
  if (const std::string warning = orphan_warning(*desired, *observed); !warning.empty()) {
    report_warning(warning);
  }
  const Plan plan = reconcile(*desired, *observed, runtime::boot_now());
  if (plan.empty()) {
    print(fmt::format("nothing to do: {} is as its project file says\n", spec->name));
    return exit_codes::kSuccess;
  }
  print(describe(plan, spec->name));
  return exit_codes::kSomethingToDo;
}

}  // namespace orchestrator
