// Plan: what can be done now, what is held and why, and when to look again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/reconcile/action.hpp"

namespace orchestrator {

// One action and why it is done.
struct Step {
  Action action;
  std::string reason;
  std::vector<std::string>
      needs{};  // subjects of earlier steps: when one of them failed, skip this
};

// A container that must wait, and for what.
struct Held {
  schemas::ContainerName container;
  std::string reason;  // "waits for db-1 to be healthy"
  bool failed{
      false};  // it waits for something that will not come (dependency failed, start failed)
};

struct Plan {
  std::vector<Step> steps;   // in the order in which they are performed
  std::vector<Step> probes;  // health probes that are due: done as steps are, never shown as a plan
  std::vector<Held> held;
  std::optional<schemas::Instant> look_again;  // a deadline: back-off, grace, probe

  // Nothing to do and nobody held: observed is as desired.
  [[nodiscard]] bool empty() const { return steps.empty() && held.empty(); }
};

// The plan as terminal, log and golden files show it: one line each, columns aligned. With a
// project, its containers are called without the project's prefix.
[[nodiscard]] std::string describe(const Plan& plan, const schemas::ProjectName& project = {});

}  // namespace orchestrator
