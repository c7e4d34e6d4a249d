// NameService: who answers the DNS questions of containers; the world only brings the sockets.
#pragma once

#include "network/fabric/dns_sockets.hpp"
#include "schemas/vocabulary/names.hpp"

namespace orchestrator {

class NameService {
 public:
  virtual ~NameService() = default;
  virtual void add(const schemas::ContainerName& container, network::DnsSockets sockets) = 0;
  virtual void remove(const schemas::ContainerName& container) = 0;
};

}  // namespace orchestrator
