// The `healthcheck` of a service.
#pragma once

#include <optional>

#include "schemas/spec/parse/section.hpp"
#include "schemas/spec/spec.hpp"

namespace schemas {

[[nodiscard]] std::optional<SpecHealth> parse_health(const Section& service, Findings& findings);

}  // namespace schemas
