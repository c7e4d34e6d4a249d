// Draft: a plan in the making, shared by the rooms of reconcile; each adds its own steps.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/reconcile/addresses.hpp"
#include "orchestrator/reconcile/conditions.hpp"
#include "orchestrator/reconcile/desired.hpp"
#include "orchestrator/reconcile/observed.hpp"
#include "orchestrator/reconcile/plan.hpp"

namespace orchestrator {

// Steps are gathered by section, because what containers need is known only after they were
// decided.
struct Draft {
  const DesiredState& desired;
  const ObservedState& observed;
  schemas::Instant now;
  AddressPlan addresses{};

  std::vector<Step> endings{};      // stops, kills and discards
  std::vector<Step> foundations{};  // networks, volumes, ports, the firewall
  std::vector<Step> fills{};        // of empty volumes, before the first start on them
  std::vector<Step> containers{};   // creates, starts, repairs
  std::vector<Step> probes{};
  std::vector<Held> held{};
  std::optional<schemas::Instant> look_again{};

  Prospects prospects{};
  std::set<schemas::ContainerName> discarded{};       // gone after the endings
  std::set<schemas::NetworkName> blocked_networks{};  // to be replaced, but somebody is still in it

  void look_at(schemas::Instant moment);
  void hold(const schemas::ContainerName& container, std::string reason);
  void hold_for_good(const schemas::ContainerName& container, std::string reason);
  [[nodiscard]] std::string display(const schemas::ContainerName& container) const;
  [[nodiscard]] Plan finish() &&;
};

// Starting or running: there may be a process.
[[nodiscard]] bool is_alive(const schemas::ContainerStatus& status);

// Containers that are observed in a network and that the endings do not discard.
[[nodiscard]] std::vector<schemas::ContainerName> remaining_in(const Draft& draft,
                                                               const schemas::NetworkName& network);

}  // namespace orchestrator
