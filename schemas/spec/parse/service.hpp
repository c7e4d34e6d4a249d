// One service of the project file.
#pragma once

#include <string>

#include "schemas/spec/parse/surroundings.hpp"
#include "schemas/spec/spec.hpp"

namespace schemas {

[[nodiscard]] Service parse_service(const Node::Entry& entry, const Surroundings& surroundings);

}  // namespace schemas
