// The words of actions: one line per alternative.
#include "orchestrator/reconcile/action.hpp"

#include <fmt/format.h>

#include "orchestrator/reconcile/signals.hpp"

namespace orchestrator {
namespace {

std::string endpoint_of_host(const schemas::PublishedPort& port) {
  return fmt::format("{}:{}/{}", port.host_address.text(), port.host_port,
                     schemas::transport_text(port.transport));
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// Collects one describe() per alternative; a new kind of action does not compile without its line.
struct Words {
  const schemas::ProjectName& project;

  [[nodiscard]] std::string of(const schemas::ContainerName& container) const {
    return display_name(container, project);
  }

  std::string operator()(const CreateNetwork& action) const {
    return fmt::format("create network {} {}", action.config.name, action.subnet.text());
  }
  std::string operator()(const DiscardNetwork& action) const {
    return fmt::format("discard network {}", action.network);
  }
  std::string operator()(const CreateVolume& action) const {
    return fmt::format("create volume {}", action.config.name);
  }
  std::string operator()(const FillVolume& action) const {
    return fmt::format("fill volume {} from {}", action.volume, action.target);
  }
  std::string operator()(const DiscardVolume& action) const {
    return fmt::format("discard volume {}", action.volume);
  }
  std::string operator()(const ReservePort& action) const {
    return fmt::format("reserve port {}", endpoint_of_host(action.port));
  }
  std::string operator()(const ReleasePort& action) const {
    return fmt::format("release port {}", endpoint_of_host(action.port));
  }
  std::string operator()(const ApplyFirewall& action) const {
    return fmt::format("apply firewall ({}, {}, {})",
                       counted(action.config.networks.size(), "network", "networks"),
                       counted(action.config.members.size(), "address", "addresses"),
                       counted(action.config.ports.size(), "port", "ports"));
  }
  std::string operator()(const WithdrawFirewall&) const { return "withdraw firewall"; }
  std::string operator()(const CreateContainer& action) const {
    return fmt::format("create {} from {}", of(action.config.name), action.config.image);
  }
  std::string operator()(const AttachEndpoint& action) const {
    return fmt::format("attach {} to {} as {}", of(action.container), action.endpoint.network,
                       action.endpoint.address.text());
  }
  std::string operator()(const StartContainer& action) const {
    return fmt::format("start {}", of(action.container));
  }
  std::string operator()(const StopContainer& action) const {
    const std::string grace = schemas::write_duration(action.grace);
    if (action.signal == 15) return fmt::format("stop {} (grace {})", of(action.container), grace);
    return fmt::format("stop {} ({}, grace {})", of(action.container), signal_text(action.signal),
                       grace);
  }
  std::string operator()(const KillContainer& action) const {
    return fmt::format("kill {}", of(action.container));
  }
  std::string operator()(const DiscardContainer& action) const {
    return fmt::format("discard {}", of(action.container));
  }
  std::string operator()(const StartProbe& action) const {
    return fmt::format("probe {}", of(action.container));
  }
  std::string operator()(const KillProbe& action) const {
    return fmt::format("kill probe of {}", of(action.container));
  }
};

struct Subject {
  std::string operator()(const CreateNetwork& action) const { return action.config.name.text; }
  std::string operator()(const DiscardNetwork& action) const { return action.network.text; }
  std::string operator()(const CreateVolume& action) const { return action.config.name.text; }
  std::string operator()(const FillVolume& action) const { return action.volume.text; }
  std::string operator()(const DiscardVolume& action) const { return action.volume.text; }
  std::string operator()(const ReservePort& action) const { return endpoint_of_host(action.port); }
  std::string operator()(const ReleasePort& action) const { return endpoint_of_host(action.port); }
  std::string operator()(const ApplyFirewall&) const { return "firewall"; }
  std::string operator()(const WithdrawFirewall&) const { return "firewall"; }
  std::string operator()(const CreateContainer& action) const { return action.config.name.text; }
  template <typename OfContainer>
  std::string operator()(const OfContainer& action) const {
    return action.container.text;
  }
};

}  // namespace

std::string describe(const Action& action, const schemas::ProjectName& project) {
  return std::visit(Words{project}, action);
}

std::string subject_of(const Action& action) { return std::visit(Subject{}, action); }

std::string display_name(const schemas::ContainerName& container,
                         const schemas::ProjectName& project) {
  const std::string prefix = project.text + "-";
  if (project.empty() || !container.text.starts_with(prefix)) return container.text;
  return container.text.substr(prefix.size());
}

}  // namespace orchestrator
