// IPv4 addresses, subnets and MAC addresses as values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/vocabulary/error.hpp"

namespace schemas {

// An IPv4 address in host byte order.
struct Ipv4Address {
  std::uint32_t bits{0};

  [[nodiscard]] std::string text() const;
  friend auto operator<=>(const Ipv4Address&, const Ipv4Address&) = default;
};

// An IPv4 network; `base` has no host bits set.
struct Subnet {
  Ipv4Address base;
  std::uint8_t prefix{24};  // bits, 0 to 32

  [[nodiscard]] std::string text() const;  // "10.89.0.0/24"
  [[nodiscard]] bool contains(Ipv4Address address) const;
  [[nodiscard]] bool overlaps(const Subnet& other) const;
  [[nodiscard]] Ipv4Address gateway() const;    // the first address
  [[nodiscard]] Ipv4Address broadcast() const;  // the last address
  friend auto operator<=>(const Subnet&, const Subnet&) = default;
};

struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};

  [[nodiscard]] std::string text() const;
  friend auto operator<=>(const MacAddress&, const MacAddress&) = default;
};

[[nodiscard]] Result<Ipv4Address> read_ipv4(std::string_view text);  // strict dotted decimal
[[nodiscard]] Result<Subnet> read_subnet(std::string_view text);     // host bits set: Invalid
[[nodiscard]] Result<MacAddress> read_mac(std::string_view text);

// The MAC that goes with an address (02:42: and its four bytes, as Docker does): stable per
// replica.
[[nodiscard]] MacAddress mac_of(Ipv4Address address);

}  // namespace schemas
