// Draft: how its sections become one plan.
#include "orchestrator/reconcile/draft.hpp"

#include <algorithm>
#include <iterator>

namespace orchestrator {
namespace {

void move_into(std::vector<Step>& steps, std::vector<Step>& section) {
  steps.insert(steps.end(), std::make_move_iterator(section.begin()),
               std::make_move_iterator(section.end()));
}

}  // namespace

void Draft::look_at(schemas::Instant moment) {
  if (!look_again || moment < *look_again) look_again = moment;
}

void Draft::hold(const schemas::ContainerName& container, std::string reason) {
  held.push_back({.container = container, .reason = std::move(reason), .failed = false});
}

void Draft::hold_for_good(const schemas::ContainerName& container, std::string reason) {
  held.push_back({.container = container, .reason = std::move(reason), .failed = true});
}

std::string Draft::display(const schemas::ContainerName& container) const {
  return display_name(container, desired.names.project);
}

Plan Draft::finish() && {
  Plan plan;
  plan.steps = std::move(endings);
  move_into(plan.steps, foundations);
  move_into(plan.steps, containers);
  plan.probes = std::move(probes);
  plan.held = std::move(held);
  plan.look_again = look_again;
  return plan;
}

bool is_alive(const schemas::ContainerStatus& status) {
  return status.state == schemas::ContainerState::Starting ||
         status.state == schemas::ContainerState::Running;
}

std::vector<schemas::ContainerName> remaining_in(const Draft& draft,
                                                 const schemas::NetworkName& network) {
  std::vector<schemas::ContainerName> names;
  for (const auto& [name, status] : draft.observed.containers) {
    if (draft.discarded.contains(name)) continue;
    const bool inside = std::any_of(
        status.endpoints.begin(), status.endpoints.end(),
        [&](const schemas::EndpointStatus& endpoint) { return endpoint.network == network; });
    if (inside) names.push_back(name);
  }
  return names;
}

}  // namespace orchestrator
