// The address pool: which subnet a new network gets and which address a new endpoint. Pure.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "schemas/vocabulary/subnet.hpp"

namespace network {

// The first free /24 of 10.89.0.0/16, then of the rest of 10.0.0.0/8, that overlaps nothing in
// `taken`; nothing when the whole block is used up.
[[nodiscard]] std::optional<schemas::Subnet> choose_subnet(
    const std::vector<schemas::Subnet>& taken);

// The lowest address of `subnet` that is neither its base, its gateway, its broadcast nor in
// `used`.
[[nodiscard]] std::optional<schemas::Ipv4Address> choose_address(
    const schemas::Subnet& subnet, schemas::Ipv4Address gateway,
    const std::set<schemas::Ipv4Address>& used);

}  // namespace network
