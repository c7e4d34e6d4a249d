// Networks: the top-level ones, and a service's place in them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "schemas/spec/parse/section.hpp"
#include "schemas/spec/spec.hpp"

namespace schemas {

// An empty `name` means "<project>_<key>".
[[nodiscard]] SpecNetwork parse_network(const Node::Entry& entry, Findings& findings);

// Sorted by key; empty when the service does not say (the resolve phase knows the default).
[[nodiscard]] std::vector<ServiceNetwork> parse_service_networks(const Section& service,
                                                                 Findings& findings);

[[nodiscard]] NetworkMode parse_network_mode(const Section& service);

}  // namespace schemas
