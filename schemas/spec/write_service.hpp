// One service in the canonical model.
#pragma once

#include "schemas/spec/spec.hpp"
#include "schemas/vocabulary/document.hpp"

namespace schemas {

// Keys in alphabetical order; what was not said is not written. Dollar signs are not escaped yet.
[[nodiscard]] Node write_service(const Service& service);

}  // namespace schemas
