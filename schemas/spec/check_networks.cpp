// Checks subnets, fixed addresses and published ports of the whole project.
#include <vector>

#include "schemas/spec/check.hpp"
#include "schemas/spec/keys.hpp"

namespace schemas {

namespace {

void check_subnets(const Spec& spec, Findings& findings) {
  for (const auto& [key, network] : spec.networks) {
    const std::string path = "networks." + key;
    if (network.gateway && !network.subnet) {
      findings.error(network.mark, path, "a gateway without a subnet",
                     "add `subnet` beside `gateway`");
    }
    if (!network.subnet) continue;
    if (network.subnet->prefix > 29) {
      findings.error(network.mark, path,
                     fmt::format("subnet {} is too small for containers", network.subnet->text()),
                     "take /29 or larger");
    }
    if (network.gateway && !network.subnet->contains(*network.gateway)) {
      findings.error(network.mark, path,
                     fmt::format("gateway {} is outside of {}", network.gateway->text(),
                                 network.subnet->text()));
    }
    for (const auto& [other_key, other] : spec.networks) {
      if (other_key < key && other.subnet && other.subnet->overlaps(*network.subnet)) {
        findings.error(network.mark, path,
                       fmt::format("subnet {} overlaps {} of network `{}`", network.subnet->text(),
                                   other.subnet->text(), other_key));
      }
    }
  }
}

struct Taken {
  std::string network;
  Ipv4Address address;
  const Service* service;
};

class AddressCheck {
 public:
  AddressCheck(const Spec& spec, const Node& document, Findings& findings)
      : spec_(spec), document_(document), findings_(findings) {}

  void check(const Service& service, const ServiceNetwork& place) {
    const auto found = spec_.networks.find(place.key);
    if (!place.ipv4_address) return;
    const Ipv4Address address = *place.ipv4_address;
    if (found == spec_.networks.end() || !found->second.subnet) {
      return refuse(
          service, place, "a fixed address needs a subnet of its network",
          fmt::format("add `ipam: {{config: [{{subnet: …}}]}}` to network `{}`", place.key));
    }
    const SpecNetwork& network = found->second;
    const Ipv4Address gateway = network.gateway.value_or(network.subnet->gateway());
    if (!network.subnet->contains(address) || address == network.subnet->base ||
        address == network.subnet->broadcast() || address == gateway) {
      refuse(service, place,
             fmt::format("{} is no free address of subnet {}", address.text(),
                         network.subnet->text()));
    }
    if (service.replicas > 1) {
      refuse(service, place, fmt::format("{} replicas cannot share one address", service.replicas));
    }
    for (const Taken& taken : taken_) {
      if (taken.network == place.key && taken.address == address) {
        refuse(service, place,
               fmt::format("service `{}` has {} already", taken.service->name, address.text()));
      }
    }
    taken_.push_back({place.key, address, &service});
  }

 private:
  void refuse(const Service& service, const ServiceNetwork& place, std::string text,
              std::string hint = {}) {
    findings_.error(place_in_service(document_, service, "networks", place.key),
                    fmt::format("services.{}.networks.{}", service.name, place.key),
                    std::move(text), std::move(hint));
  }

  const Spec& spec_;
  const Node& document_;
  Findings& findings_;
  std::vector<Taken> taken_;
};

bool collide(const ServicePort& left, const ServicePort& right) {
  const bool same_address =
      left.host_ip == right.host_ip || left.host_ip.bits == 0 || right.host_ip.bits == 0;
  return same_address && left.published == right.published && left.transport == right.transport;
}

struct Owner {
  const ServicePort* port;
  const Service* service;
};

// Ports by number: a project may publish thousands of them.
void check_ports(const Spec& spec, Findings& findings) {
  std::multimap<std::uint16_t, Owner> published;
  for (const auto& [name, service] : spec.services) {
    const std::string path = fmt::format("services.{}.ports", name);
    for (const ServicePort& port : service.ports) {
      if (!port.published) continue;
      if (service.replicas > 1) {
        findings.error(
            port.mark, path,
            fmt::format("{} replicas cannot share host port {}", service.replicas, *port.published),
            "publish the container's port alone, or put a proxy in front");
      }
      const auto [first, last] = published.equal_range(*port.published);
      for (auto other = first; other != last; ++other) {
        if (!collide(*other->second.port, port)) continue;
        findings.error(port.mark, path,
                       fmt::format("host port {} is published by service `{}` already",
                                   *port.published, other->second.service->name));
        break;
      }
      published.emplace(*port.published, Owner{&port, &service});
    }
    if (!service.ports.empty() && service.network_mode != NetworkMode::Bridged) {
      findings.warn(service.ports.front().mark, path,
                    "published ports are discarded without a network of the project");
    }
  }
}

}  // namespace

void check_networks(const Spec& spec, const Node& document, Findings& findings) {
  check_subnets(spec, findings);
  check_ports(spec, findings);
  AddressCheck addresses(spec, document, findings);
  for (const auto& [name, service] : spec.services) {
    for (const ServiceNetwork& place : service.networks) addresses.check(service, place);
  }
}

}  // namespace schemas
