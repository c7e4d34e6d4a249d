// The two clocks; only effects read them, deciding gets `now` as a parameter.
#pragma once

#include "schemas/vocabulary/quantities.hpp"

namespace runtime {

[[nodiscard]] schemas::Instant boot_now();  // CLOCK_BOOTTIME
[[nodiscard]] schemas::WallTime wall_now();

}  // namespace runtime
