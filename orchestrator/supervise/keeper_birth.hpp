// The two forks between whoever starts a keeper and the keeper itself.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "orchestrator/keeper/protocol.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

// Executes `image` as a grandchild in a session of its own, with these descriptors as its 0 to 6
// and this soft limit for more, which it raises for itself and hands on to the supervisors.
// It returns before the exec; a failure of that comes over the starter's socket as a Ready message.
[[nodiscard]] schemas::Result<> bear_keeper(const runtime::FileDescriptor& image,
                                            const std::vector<std::string>& supervisor,
                                            const std::array<int, kBirthDescriptors>& descriptors,
                                            std::uint64_t descriptor_limit);

}  // namespace orchestrator
