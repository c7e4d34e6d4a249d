// Fabric: all networks of one project on this machine; the face of the network for the world above.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "network/fabric/endpoint_set.hpp"
#include "network/fabric/firewall.hpp"
#include "network/fabric/link_snapshot.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/config/firewall_config.hpp"
#include "schemas/vocabulary/config/network_config.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/kernel_names.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace network {

// What drain_monitor() read. A wake-up only says "look again"; observe what changed.
struct FabricChanges {
  bool links{false};
  bool routes{false};
  bool firewall{false};
  [[nodiscard]] bool any() const { return links || routes || firewall; }
};

// Sockets are opened once, in the host's network namespace. What is observed is kept until the
// kernel says that it changed, so observing an unchanged machine costs nothing.
class Fabric {
 public:
  // `root` holds the subnet book (networks.json).
  static schemas::Result<Fabric> open(schemas::KernelNames names, std::string root);
  Fabric(Fabric&&) noexcept;
  Fabric& operator=(Fabric&&) noexcept;
  Fabric(const Fabric&) = delete;
  Fabric& operator=(const Fabric&) = delete;
  ~Fabric();

  // Claims the subnet and makes the bridge, or makes the lost bridge again. Conflict: the subnet is
  // taken by another project; observe and choose again.
  schemas::Result<schemas::Change> create_network(const schemas::NetworkConfig& config,
                                                  const schemas::Subnet& subnet);
  schemas::Result<schemas::Change> discard_network(const schemas::NetworkName& network);

  // Makes what is missing of a container's endpoints (see attach_endpoints).
  schemas::Result<schemas::Change> attach(const runtime::FileDescriptor& endpoint_set,
                                          const std::vector<EndpointSpec>& endpoints);
  schemas::Result<> detach(const std::string& veth);

  schemas::Result<> apply_firewall(const schemas::FirewallConfig& config);
  schemas::Result<schemas::Change> withdraw_firewall();
  schemas::Result<std::string> foreign_drop_warning();

  schemas::Result<LinkSnapshot> observe_links();
  schemas::Result<FirewallState> observe_firewall();
  // Routes and addresses of the host and other projects' claims, sorted: what choose_subnet avoids.
  schemas::Result<std::vector<schemas::Subnet>> observe_taken_subnets();

  // Readable when it is worth looking again; they stay valid as long as the Fabric.
  [[nodiscard]] std::vector<int> monitors() const;
  // Reads all that waits in the monitors; never blocks. Links and tables that are not ours, and our
  // own firewall transactions, do not count.
  FabricChanges drain_monitors();

 private:
  struct State;
  explicit Fabric(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace network
