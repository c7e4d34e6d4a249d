// DnsNames: keeps the DNS server's tables as the observed state says; the world's NameService.
#pragma once

#include <map>
#include <vector>

#include "orchestrator/reconcile/desired.hpp"
#include "orchestrator/reconcile/service_table.hpp"
#include "orchestrator/supervise/dns_server.hpp"
#include "orchestrator/world/name_service.hpp"

namespace orchestrator {

class DnsNames final : public NameService {
 public:
  explicit DnsNames(DnsServer& server) : server_(server) {}

  void add(const schemas::ContainerName& container, network::DnsSockets sockets) override;
  void remove(const schemas::ContainerName& container) override;

  // Gives every container the names that it may ask for; nothing when they are as before.
  void update(const ObservedState& observed);

 private:
  DnsServer& server_;
  std::vector<NameEntry> table_;
  bool stale_{false};  // a container came since the last update
};

}  // namespace orchestrator
