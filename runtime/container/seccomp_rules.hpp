// The system calls that the default profile allows, as names; see seccomp_profile.hpp.
#pragma once

#include <array>
#include <string_view>

namespace runtime {

struct CapabilityCalls {
  std::string_view capability;  // "SYS_ADMIN"
  std::string_view calls;       // names, separated by blanks
};

// Names separated by blanks. clone, socket and personality are not among them: their arguments
// decide.
[[nodiscard]] std::string_view always_allowed_calls();
[[nodiscard]] const std::array<CapabilityCalls, 14>& calls_by_capability();

}  // namespace runtime
