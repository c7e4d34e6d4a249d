// Projects for tests, without YAML: a_service("web").needs_healthy("db") and the images they use.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/reconcile/desired.hpp"

namespace tests {

// A service that runs image "demo" in network "back" unless told otherwise.
class ServiceBuilder {
 public:
  explicit ServiceBuilder(const std::string& name);

  ServiceBuilder& image(const std::string& image);
  ServiceBuilder& command(std::vector<std::string> command);
  ServiceBuilder& needs(const std::string& service, schemas::DependencyCondition condition);
  ServiceBuilder& needs_started(const std::string& service);
  ServiceBuilder& needs_healthy(const std::string& service);
  ServiceBuilder& needs_completed(const std::string& service);
  ServiceBuilder& health(schemas::Duration interval, std::uint32_t retries = 3);
  ServiceBuilder& network(const std::string& key);
  ServiceBuilder& address(const std::string& key, const std::string& address);
  ServiceBuilder& port(std::uint16_t host, std::uint16_t container);
  ServiceBuilder& volume(const std::string& source, const std::string& target);
  ServiceBuilder& restart(schemas::RestartMode mode, std::uint32_t most = 0);
  ServiceBuilder& replicas(std::uint32_t count);
  ServiceBuilder& memory(std::int64_t bytes);
  ServiceBuilder& grace(schemas::Duration grace);

  schemas::Service service;
};

[[nodiscard]] inline ServiceBuilder a_service(const std::string& name) {
  return ServiceBuilder(name);
}

// Project "shop": its services, and every network and volume that they name.
[[nodiscard]] schemas::Spec a_spec(const std::vector<ServiceBuilder>& services);

// Images "demo" (runs a server) and "demo:data" (with a volume at /data).
[[nodiscard]] std::map<schemas::ImageReference, schemas::Image> demo_images();

[[nodiscard]] schemas::Result<orchestrator::DesiredState> resolve(const schemas::Spec& spec);

// The desired state of `up` number `generation`; a spec that does not resolve ends the test
// program.
[[nodiscard]] orchestrator::DesiredState desired_of(const std::vector<ServiceBuilder>& services,
                                                    std::uint64_t generation = 1);

}  // namespace tests
