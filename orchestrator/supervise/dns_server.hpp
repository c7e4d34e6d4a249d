// DnsServer: answers the embedded DNS of every container in the supervisor's event loop.
#pragma once

#include <memory>
#include <vector>

#include "network/fabric/dns_sockets.hpp"
#include "network/fabric/name_table.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace boost::asio {
class io_context;
}

namespace orchestrator {

// Where a resolver listens; port 53 except in tests.
struct DnsUpstream {
  schemas::Ipv4Address address;
  std::uint16_t port{53};
  friend bool operator==(const DnsUpstream&, const DnsUpstream&) = default;
};

// Must be destroyed before the io_context that it runs in.
class DnsServer {
 public:
  // Upstreams (at most three are asked, in order) are reached from the host's namespace.
  DnsServer(boost::asio::io_context& loop, std::vector<DnsUpstream> upstreams);
  DnsServer(DnsServer&&) = delete;
  DnsServer& operator=(DnsServer&&) = delete;
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;
  ~DnsServer();

  // Serves a container's sockets; a second call replaces them. Names are empty until set_names.
  schemas::Result<> add(const schemas::ContainerName& container, network::DnsSockets sockets);
  void remove(const schemas::ContainerName& container);  // one that is not there is not an error

  void set_names(const schemas::ContainerName& container, network::NameTable names);
  void set_upstreams(std::vector<DnsUpstream> upstreams);

 private:
  class Implementation;
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace orchestrator
