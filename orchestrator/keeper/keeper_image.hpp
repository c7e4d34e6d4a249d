// The keeper's program as bytes inside our own binary.
#pragma once

#include <cstddef>
#include <span>

namespace orchestrator {

// A static ELF executable of some ten kilobytes.
[[nodiscard]] std::span<const std::byte> keeper_image();

}  // namespace orchestrator
