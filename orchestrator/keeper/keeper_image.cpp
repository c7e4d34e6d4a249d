// Finds the bytes that keeper_image.S has embedded.
#include "orchestrator/keeper/keeper_image.hpp"

extern "C" {
extern const std::byte tutti_keeper_begin[];  // NOLINT: the linker gives addresses, not sizes
extern const std::byte tutti_keeper_end[];    // NOLINT
}

namespace orchestrator {

std::span<const std::byte> keeper_image() { return {tutti_keeper_begin, tutti_keeper_end}; }

}  // namespace orchestrator
