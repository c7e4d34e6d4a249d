// From what a container wants and has to the veths that it needs. Pure.
#include <algorithm>

#include "network/fabric/endpoint_set.hpp"

namespace network {

schemas::Result<std::vector<EndpointSpec>> plan_endpoints(
    const schemas::KernelNames& names, const schemas::ContainerName& container,
    const std::vector<schemas::EndpointConfig>& wanted,
    const std::vector<schemas::EndpointStatus>& addresses,
    const std::map<schemas::NetworkName, schemas::NetworkStatus>& networks) {
  std::vector<EndpointSpec> specs;
  std::optional<std::size_t> way_out;
  for (const schemas::EndpointConfig& endpoint : wanted) {
    const auto network = networks.find(endpoint.network);
    if (network == networks.end())
      return schemas::fail(schemas::ErrorKind::NotFound, "{}: network {} is not there", container,
                           endpoint.network);
    const auto address =
        std::ranges::find(addresses, endpoint.network, &schemas::EndpointStatus::network);
    if (address == addresses.end())
      return schemas::fail(schemas::ErrorKind::NotFound, "{}: no address in network {}", container,
                           endpoint.network);
    const schemas::NetworkStatus& status = network->second;
    specs.push_back({.bridge = names.bridge(endpoint.network),
                     .veth = names.veth(container, endpoint.network),
                     .interface = fmt::format("eth{}", specs.size()),
                     .address = address->address,
                     .prefix = status.subnet.prefix,
                     .gateway = std::nullopt,
                     .mtu = status.config.mtu});
    const std::size_t here = specs.size() - 1;
    if (status.config.reach == schemas::Reach::Outside &&
        (!way_out || endpoint.gateway_priority > wanted[*way_out].gateway_priority))
      way_out = here;
  }
  if (way_out) {
    const schemas::NetworkStatus& status = networks.at(wanted[*way_out].network);
    specs[*way_out].gateway = status.config.gateway.value_or(status.subnet.gateway());
  }
  return specs;
}

}  // namespace network
