// From observed containers and networks to one name table for each asker.
#include "orchestrator/supervise/dns_names.hpp"

#include <utility>

namespace orchestrator {

using schemas::ContainerName;

void DnsNames::add(const ContainerName& container, network::DnsSockets sockets) {
  stale_ = true;
  // A container without a name service runs on; its questions stay unanswered, and the sockets are
  // opened anew when it is created again.
  static_cast<void>(server_.add(container, std::move(sockets)));
}

void DnsNames::remove(const ContainerName& container) { server_.remove(container); }

void DnsNames::update(const ObservedState& observed) {
  std::vector<NameEntry> table = service_table(observed);
  if (table == table_ && !stale_) return;
  table_ = std::move(table);
  stale_ = false;

  std::vector<network::NamedEndpoint> endpoints;
  for (const NameEntry& entry : table_) {
    const auto known = observed.networks.find(entry.network);
    if (known == observed.networks.end()) continue;
    network::NamedEndpoint endpoint{.network = entry.network,
                                    .network_key = known->second.config.key,
                                    .address = entry.address,
                                    .names = {entry.container.text}};
    for (const std::string& name : entry.names) {
      if (name != entry.container.text) endpoint.names.push_back(name);
    }
    endpoints.push_back(std::move(endpoint));
  }
  const auto networks = network::collect_names(endpoints);
  for (const auto& [name, status] : observed.containers) {
    network::NameTable names{.networks = {}, .forwarding = network::Forwarding::Refused};
    for (const schemas::EndpointStatus& endpoint : status.endpoints) {
      if (const auto found = networks.find(endpoint.network); found != networks.end()) {
        names.networks.push_back(found->second);
      }
      const auto known = observed.networks.find(endpoint.network);
      if (known != observed.networks.end() &&
          known->second.config.reach == schemas::Reach::Outside) {
        names.forwarding = network::Forwarding::Allowed;
      }
    }
    server_.set_names(name, std::move(names));
  }
}

}  // namespace orchestrator
