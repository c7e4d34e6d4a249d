// Limits, replicas and restart policy of a service.
#pragma once

#include "schemas/spec/parse/section.hpp"
#include "schemas/spec/spec.hpp"

namespace schemas {

// mem_limit, cpus, pids_limit, scale and their twins below `deploy`, which must agree.
void parse_resources(Service& into, const Section& service, Findings& findings);

[[nodiscard]] RestartPolicy parse_restart(const Section& service);

}  // namespace schemas
