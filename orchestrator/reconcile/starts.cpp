// Starts: creations are never held up by dependencies, starts are.
#include "orchestrator/reconcile/starts.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace orchestrator {
namespace {

using schemas::ContainerConfig;
using schemas::ContainerName;
using schemas::EndpointStatus;
using schemas::VolumeMount;
using schemas::VolumeName;
using schemas::VolumeState;
using Verdict = ConditionState::Verdict;

std::vector<std::string> needs_of_creation(const ContainerConfig& config) {
  std::vector<std::string> needs;
  for (const auto& endpoint : config.endpoints) needs.push_back(endpoint.network.text);
  for (const schemas::MountConfig& mount : config.mounts) {
    if (const auto* volume = std::get_if<VolumeMount>(&mount)) needs.push_back(volume->volume.text);
  }
  return needs;
}

// A container must not be reachable before its rules are, nor run without its ports.
std::vector<std::string> needs_of_start(const ContainerConfig& config) {
  std::vector<std::string> needs = needs_of_creation(config);
  for (const auto& port : config.ports) needs.push_back(subject_of(ReservePort{port}));
  if (!config.endpoints.empty()) needs.push_back(subject_of(WithdrawFirewall{}));
  return needs;
}

void fail_for_good(Draft& draft, const ContainerName& name, std::string reason) {
  draft.prospects[name] = Prospect::Failed;
  draft.hold_for_good(name, std::move(reason));
}

// Why the container cannot be created now; empty when it can.
std::string creation_waits_for(const Draft& draft, const AddressHolders& holders,
                               const std::vector<EndpointStatus>& endpoints) {
  for (const EndpointStatus& endpoint : endpoints) {
    if (draft.blocked_networks.contains(endpoint.network)) {
      return fmt::format("waits for network {} to be replaced ({})", endpoint.network,
                         draft.addresses.replaced.at(endpoint.network));
    }
    const auto holder = holders.find({endpoint.network, endpoint.address});
    if (holder != holders.end()) {
      return fmt::format("waits for {} to give up {}", draft.display(holder->second),
                         endpoint.address.text());
    }
  }
  return {};
}

VolumeState state_of(const Draft& draft, const VolumeName& volume) {
  const auto found = draft.observed.volumes.find(volume);
  return found == draft.observed.volumes.end() ? VolumeState::Empty : found->second.state;
}

void fill_once(Draft& draft, const VolumeMount& mount, const ContainerConfig& config) {
  const bool begun = std::any_of(draft.fills.begin(), draft.fills.end(), [&](const Step& step) {
    return std::get<FillVolume>(step.action).volume == mount.volume;
  });
  if (begun) return;
  draft.fills.push_back({.action = FillVolume{mount.volume, config.layers, mount.target},
                         .reason = "empty, " + draft.display(config.name) + " is its first user",
                         .needs = {mount.volume.text}});
}

// True while a volume of the container gets the image's content. External volumes are not ours to
// fill.
bool waits_for_volumes(Draft& draft, const ContainerConfig& config) {
  bool waits = false;
  for (const schemas::MountConfig& mount : config.mounts) {
    const auto* volume = std::get_if<VolumeMount>(&mount);
    if (volume == nullptr || volume->copy_up == schemas::CopyUp::None ||
        !draft.desired.volumes.contains(volume->volume)) {
      continue;
    }
    const VolumeState state = state_of(draft, volume->volume);
    if (state == VolumeState::Ready) continue;
    if (state == VolumeState::Empty) fill_once(draft, *volume, config);
    if (!waits) {
      draft.hold(config.name, fmt::format("waits for volume {} to be filled", volume->volume));
    }
    waits = true;
  }
  return waits;
}

// True when the container is held by what it depends on; `words` are those of the fulfilled ones.
struct Gate {
  bool open{true};
  std::string words;
};

Gate gate_of(Draft& draft, const DesiredContainer& container) {
  const ContainerName& name = container.config.name;
  ConditionState state = dependencies_of(container, draft.desired, draft.observed, draft.prospects);
  if (state.verdict == Verdict::Failed) {
    fail_for_good(draft, name, std::move(state.text));
    return {.open = false, .words = {}};
  }
  if (state.verdict == Verdict::Waits) {
    draft.hold(name, std::move(state.text));
    return {.open = false, .words = {}};
  }
  return {.open = true, .words = std::move(state.text)};
}

void add_start(Draft& draft, const ContainerConfig& config, const Restart& restart) {
  draft.containers.push_back({.action = StartContainer{.container = config.name,
                                                       .generation = draft.desired.generation,
                                                       .restart_count = restart.count,
                                                       .backoff = restart.backoff},
                              .reason = restart.reason,
                              .needs = needs_of_start(config)});
}

}  // namespace

AddressHolders address_holders(const Draft& draft) {
  AddressHolders holders;
  for (const auto& [name, status] : draft.observed.containers) {
    if (draft.discarded.contains(name)) continue;
    for (const EndpointStatus& endpoint : status.endpoints) {
      holders.try_emplace({endpoint.network, endpoint.address}, name);
    }
  }
  return holders;
}

Created create_container(Draft& draft, const AddressHolders& holders,
                         const DesiredContainer& container) {
  const ContainerName& name = container.config.name;
  draft.prospects[name] = Prospect::Changing;
  if (const auto refused = draft.addresses.refused.find(name);
      refused != draft.addresses.refused.end()) {
    fail_for_good(draft, name, refused->second);
    return Created::NotYet;
  }
  const std::vector<EndpointStatus>& endpoints = draft.addresses.endpoints.at(name);
  if (std::string reason = creation_waits_for(draft, holders, endpoints); !reason.empty()) {
    draft.hold(name, std::move(reason));
    return Created::NotYet;
  }
  const bool again = draft.discarded.contains(name);
  draft.containers.push_back({.action = CreateContainer{container.config, endpoints},
                              .reason = again ? "replaces the old one" : "no container yet",
                              .needs = needs_of_creation(container.config)});
  return Created::Now;
}

void start_fresh(Draft& draft, const DesiredContainer& container, const std::string& why) {
  draft.prospects[container.config.name] = Prospect::Changing;
  const Gate gate = gate_of(draft, container);
  if (!gate.open || waits_for_volumes(draft, container.config)) return;
  std::string reason = gate.words.empty() ? why : gate.words;
  add_start(draft, container.config,
            {.at = draft.now, .count = 0, .backoff = {}, .reason = std::move(reason)});
}

void start_container(Draft& draft, const DesiredContainer& container, const Restart& restart) {
  draft.prospects[container.config.name] = Prospect::Restarting;
  const auto& status = draft.observed.containers.at(container.config.name);
  if (!status.exit->known && !gate_of(draft, container).open) return;
  add_start(draft, container.config, restart);
}

}  // namespace orchestrator
