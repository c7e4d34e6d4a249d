// The service table, read from the containers that run.
#include "orchestrator/reconcile/service_table.hpp"

#include <algorithm>
#include <cctype>

namespace orchestrator {
namespace {

using schemas::ContainerState;
using schemas::ContainerStatus;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

std::vector<std::string> names_in(const ContainerStatus& status,
                                  const schemas::NetworkName& network) {
  std::vector<std::string> names{lower(status.config.name.text), lower(status.config.hostname)};
  for (const schemas::EndpointConfig& endpoint : status.config.endpoints) {
    if (endpoint.network != network) continue;
    for (const std::string& alias : endpoint.aliases) names.push_back(lower(alias));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::erase(names, std::string{});
  return names;
}

// A starting container is in the table already: its first look-up may be for its own name.
bool has_names(const ContainerStatus& status) {
  return status.state == ContainerState::Running || status.state == ContainerState::Starting;
}

}  // namespace

std::vector<NameEntry> service_table(const ObservedState& observed) {
  std::vector<NameEntry> entries;
  for (const auto& [name, status] : observed.containers) {
    if (!has_names(status)) continue;
    for (const schemas::EndpointStatus& endpoint : status.endpoints) {
      entries.push_back({.container = name,
                         .network = endpoint.network,
                         .address = endpoint.address,
                         .names = names_in(status, endpoint.network)});
    }
  }
  return entries;
}

}  // namespace orchestrator
