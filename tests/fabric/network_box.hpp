// A small network for tests: containers (namespaces) behind bridges, a neighbour on the host's LAN,
// and sockets inside each of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "network/fabric/endpoint_set.hpp"
#include "network/fabric/fabric.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/config/network_config.hpp"
#include "schemas/vocabulary/kernel_names.hpp"

namespace tests {

// Does something inside a namespace; an empty descriptor is the host's.
void inside(const runtime::FileDescriptor& network_namespace, const std::function<void()>& body);

// A listening socket; TCP connections are accepted by the kernel's backlog.
runtime::FileDescriptor listen_at(const runtime::FileDescriptor& network_namespace,
                                  schemas::Transport transport, const std::string& address,
                                  std::uint16_t port);

enum class Reached { Yes, Refused, Silence };

// Whether a connection comes about; Silence after half a second.
Reached connect_from(const runtime::FileDescriptor& network_namespace, const std::string& address,
                     std::uint16_t port);

// Whether a datagram reaches `listener` and its answer comes back.
Reached ask_from(const runtime::FileDescriptor& network_namespace, const std::string& address,
                 std::uint16_t port, const runtime::FileDescriptor& listener);

// The host's end is 192.0.2.1, the neighbour's 192.0.2.2 with a default route by the host.
struct Neighbour {
  runtime::FileDescriptor network_namespace;
};
Neighbour make_neighbour();

// One project with its fabric; what it made is gone with it.
class NetworkBox {
 public:
  explicit NetworkBox(const std::string& project, const std::string& root);
  ~NetworkBox();
  NetworkBox(const NetworkBox&) = delete;
  NetworkBox& operator=(const NetworkBox&) = delete;

  schemas::KernelNames names;
  network::Fabric fabric;
  std::map<schemas::NetworkName, schemas::NetworkStatus> networks;
  schemas::FirewallConfig firewall;

  void add_network(const std::string& name, const std::string& subnet,
                   schemas::Reach reach = schemas::Reach::Outside);
  // A container in those networks, with those last bytes of its addresses.
  runtime::FileDescriptor add_container(const std::string& name, const std::vector<std::string>& in,
                                        std::uint8_t host_part);
  void publish(const std::string& host_address, std::uint16_t host_port, std::uint16_t port,
               schemas::Transport transport, const std::string& container);
  void apply();
  std::vector<network::EndpointSpec> plan(const std::string& name,
                                          const std::vector<std::string>& in,
                                          std::uint8_t host_part);
};

}  // namespace tests
