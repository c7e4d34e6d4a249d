// Running: attach what the kernel lost, probe what is due.
#include "orchestrator/reconcile/running.hpp"

#include "orchestrator/reconcile/health.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerStatus;
using schemas::EndpointStatus;

void attach_lost(Draft& draft, const ContainerStatus& status) {
  for (const EndpointStatus& endpoint : status.endpoints) {
    if (endpoint.attached) continue;
    const auto network = draft.observed.networks.find(endpoint.network);
    const bool bridge_up = network != draft.observed.networks.end() && network->second.bridge_up;
    draft.containers.push_back({.action = AttachEndpoint{status.config.name, endpoint},
                                .reason = bridge_up ? "veth is gone" : "bridge was gone",
                                .needs = {endpoint.network.text}});
  }
}

void probe(Draft& draft, const ContainerStatus& status) {
  if (!status.config.health) return;
  const ProbeDue due = next_probe(status.health, *status.config.health, status.started);
  if (due.at > draft.now) return draft.look_at(due.at);
  if (due.move == ProbeMove::Kill) {
    draft.probes.push_back(
        {.action = KillProbe{status.config.name}, .reason = "its timeout is over"});
  } else {
    draft.probes.push_back({.action = StartProbe{status.config.name}, .reason = "is due"});
  }
}

}  // namespace

void repair(Draft& draft, const ContainerStatus& status) {
  attach_lost(draft, status);
  probe(draft, status);
}

}  // namespace orchestrator
