// The resolve phase: what follows from the file without being written in it.
#pragma once

#include "schemas/spec/spec.hpp"

namespace schemas {

// The default network, real names ("<project>_<key>"), and only the networks and volumes that a
// service uses. `spec.name` must be set and the Spec checked.
[[nodiscard]] Spec resolve(Spec spec);

}  // namespace schemas
