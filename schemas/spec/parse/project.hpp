// The whole project file, section by section.
#pragma once

#include "schemas/spec/parse/surroundings.hpp"
#include "schemas/spec/spec.hpp"

namespace schemas {

// Everything that the file says, without what follows from it (see resolve.hpp).
[[nodiscard]] Spec parse_project(const Node& document, const Surroundings& surroundings);

// Names of services, networks, volumes, secrets and configs: [a-zA-Z0-9._-]+.
[[nodiscard]] bool is_resource_name(std::string_view text);

}  // namespace schemas
