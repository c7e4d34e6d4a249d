// The `depends_on` of a service, list or mapping.
#pragma once

#include <vector>

#include "schemas/spec/parse/section.hpp"
#include "schemas/spec/spec.hpp"

namespace schemas {

// Sorted by service.
[[nodiscard]] std::vector<ServiceDependency> parse_depends_on(const Section& service,
                                                              Findings& findings);

}  // namespace schemas
