// The `volumes` and `tmpfs` of a service, short and long.
#pragma once

#include <vector>

#include "schemas/spec/parse/section.hpp"
#include "schemas/spec/parse/surroundings.hpp"
#include "schemas/spec/spec.hpp"

namespace schemas {

[[nodiscard]] std::vector<ServiceMount> parse_mounts(const Section& service,
                                                     const Surroundings& surroundings);

[[nodiscard]] std::vector<TmpfsMount> parse_tmpfs(const Section& service);

}  // namespace schemas
