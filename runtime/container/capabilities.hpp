// Capabilities by name (capabilities(7)) and the set that a container gets. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary/error.hpp"

namespace runtime {

// Bit n is capability n of linux/capability.h.
inline constexpr std::uint64_t kDefaultCapabilities = 0xa80425fb;

// "NET_ADMIN" or "CAP_NET_ADMIN", in any case.
[[nodiscard]] std::optional<int> find_capability(std::string_view name);
[[nodiscard]] std::string_view capability_name(int number);  // "NET_ADMIN"
[[nodiscard]] int last_capability();                         // the newest that we know

// Docker's fourteen, or all with "ALL", plus `added`, minus `dropped`; an explicit name wins over
// "ALL" on the other side. Never more than `available`.
[[nodiscard]] schemas::Result<std::uint64_t> capability_set(const std::vector<std::string>& added,
                                                            const std::vector<std::string>& dropped,
                                                            std::uint64_t available);

}  // namespace runtime
