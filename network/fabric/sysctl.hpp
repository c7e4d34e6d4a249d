// Kernel settings below /proc/sys (sysctl(8)), of the network namespace that the thread is in.
#pragma once

#include <string>
#include <string_view>

#include "schemas/vocabulary/error.hpp"

namespace network {

// Writes a setting unless it has that value already: "net/ipv4/ip_forward", "1". NotFound where the
// kernel has no such setting.
[[nodiscard]] schemas::Result<schemas::Change> ensure_sysctl(const std::string& name,
                                                             std::string_view value);

// Switches IPv6 off for an interface ("default": for every one made later). A kernel without IPv6
// has nothing to switch off.
[[nodiscard]] schemas::Result<> switch_ipv6_off(const std::string& interface);

}  // namespace network
