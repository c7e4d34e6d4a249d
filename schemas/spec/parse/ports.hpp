// The `ports` of a service: short form ("127.0.0.1:8080:80/udp", ranges) and long form.
#pragma once

#include <vector>

#include "schemas/spec/parse/section.hpp"
#include "schemas/spec/spec.hpp"

namespace schemas {

[[nodiscard]] Result<std::vector<ServicePort>> read_short_port(std::string_view text);

[[nodiscard]] std::vector<ServicePort> parse_ports(const Section& service, Findings& findings);

// "80", "8000-8010", "53/udp" of `expose`, kept as text.
[[nodiscard]] std::vector<std::string> parse_expose(const Section& service);

}  // namespace schemas
