// Networks: the project's bridges, firewall and reserved host ports as the world sees them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "network/fabric/fabric.hpp"
#include "orchestrator/reconcile/observed.hpp"
#include "orchestrator/world/held.hpp"
#include "orchestrator/world/holder.hpp"
#include "orchestrator/world/wake_set.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/kernel_names.hpp"

namespace orchestrator {

// What was asked for is kept in networks.json of the project's run directory; whether it is there
// is asked of the kernel. Reserved ports are sockets, duplicated with the holder as "port:<text>".
class Networks {
 public:
  static schemas::Result<Networks> open(const runtime::StateLayout& layout,
                                        const schemas::KernelNames& names);

  // Monitors of the kernel's changes become wake-ups.
  [[nodiscard]] schemas::Result<> watch(WakeSet& wakes);
  // After a Links wake-up.
  void drain() { fabric_.drain_monitors(); }

  // Takes back the ports that the holder kept.
  void recover_ports(HeldDescriptors& held);

  // Fills networks, firewall, reserved_ports and taken_subnets.
  [[nodiscard]] schemas::Result<> observe(ObservedState& state);

  [[nodiscard]] schemas::Result<schemas::Change> create(const schemas::NetworkConfig& config,
                                                        const schemas::Subnet& subnet);
  [[nodiscard]] schemas::Result<schemas::Change> discard(const schemas::NetworkName& network);
  [[nodiscard]] schemas::Result<schemas::Change> apply_firewall(
      const schemas::FirewallConfig& config);
  [[nodiscard]] schemas::Result<schemas::Change> withdraw_firewall();
  [[nodiscard]] schemas::Result<schemas::Change> reserve(const schemas::PublishedPort& port,
                                                         Holder& holder);
  [[nodiscard]] schemas::Result<schemas::Change> release(const schemas::PublishedPort& port,
                                                         Holder& holder);

  // Makes what is missing of a container's endpoints inside its namespace.
  [[nodiscard]] schemas::Result<schemas::Change> attach(
      const runtime::FileDescriptor& endpoint_set, const schemas::ContainerName& container,
      const std::vector<schemas::EndpointConfig>& wanted,
      const std::vector<schemas::EndpointStatus>& endpoints);

  // Our links as the kernel shows them, and whether a container's endpoint is among them.
  [[nodiscard]] schemas::Result<network::LinkSnapshot> observe_links();
  [[nodiscard]] bool is_attached(const network::LinkSnapshot& links,
                                 const schemas::ContainerName& container,
                                 const schemas::NetworkName& network) const;

  // The host's own address in a network.
  [[nodiscard]] std::optional<schemas::Ipv4Address> gateway_of(
      const schemas::NetworkName& network) const;

  [[nodiscard]] std::string foreign_drop_warning();

 private:
  Networks(runtime::StateLayout layout, schemas::KernelNames names, network::Fabric fabric);
  [[nodiscard]] schemas::Result<> read_records();
  [[nodiscard]] schemas::Result<> read_claims();
  [[nodiscard]] schemas::Result<> write_records() const;

  runtime::StateLayout layout_;
  schemas::KernelNames names_;
  network::Fabric fabric_;
  std::map<schemas::NetworkName, schemas::NetworkStatus> records_;
  std::map<schemas::PublishedPort, runtime::FileDescriptor> ports_;
  std::vector<runtime::FileDescriptor> monitors_;  // duplicates, for the wake set
};

}  // namespace orchestrator
