// Executor: steps in order, each failure kept to those that needed it.
#include "orchestrator/execute/executor.hpp"

#include <algorithm>
#include <set>

namespace orchestrator {
namespace {

using schemas::Event;
using schemas::EventKind;

bool is_blocked(const Step& step, const std::set<std::string>& failed) {
  return failed.contains(subject_of(step.action)) ||
         std::any_of(step.needs.begin(), step.needs.end(),
                     [&](const std::string& need) { return failed.contains(need); });
}

}  // namespace

RunOutcome Executor::run(const Plan& plan) {
  RunOutcome outcome;
  std::set<std::string> failed;
  for (const Step& step : plan.steps) {
    if (is_blocked(step, failed) || perform(step, outcome) == Performed::No) {
      failed.insert(subject_of(step.action));
    }
  }
  // A probe stands for itself: it neither hinders the steps of its container nor needs them.
  for (const Step& probe : plan.probes) {
    auto change = world_.perform(probe.action);
    note(probe, change, outcome);
  }
  tell_held(plan);
  return outcome;
}

Executor::Performed Executor::perform(const Step& step, RunOutcome& outcome) {
  auto change = world_.perform(step.action);
  note(step, change, outcome);
  if (!change) return Performed::No;
  if (*change == schemas::Change::Made) {
    sink_(Event{.kind = EventKind::Step,
                .time = {},
                .subject = subject_of(step.action),
                .text = describe(step.action, project_),
                .reason = step.reason});
  }
  return Performed::Yes;
}

void Executor::note(const Step& step, const schemas::Result<schemas::Change>& change,
                    RunOutcome& outcome) {
  if (change) {
    outcome.done.push_back(step.action);
    return;
  }
  outcome.failures.push_back({.action = step.action, .error = change.error()});
  sink_(Event{.kind = EventKind::Failed,
              .time = {},
              .subject = subject_of(step.action),
              .text = change.error().text(),
              .reason = describe(step.action, project_)});
}

void Executor::tell_held(const Plan& plan) {
  std::map<schemas::ContainerName, std::string> told;
  for (const Held& held : plan.held) {
    told[held.container] = held.reason;
    const auto before = told_.find(held.container);
    if (before != told_.end() && before->second == held.reason) continue;
    sink_(Event{.kind = EventKind::Held,
                .time = {},
                .subject = held.container.text,
                .text = "held " + display_name(held.container, project_),
                .reason = held.reason});
  }
  told_ = std::move(told);
}

}  // namespace orchestrator
