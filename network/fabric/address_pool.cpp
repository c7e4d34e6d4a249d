// Choosing addresses: lowest first, so that the same state always gives the same choice.
#include "network/fabric/address_pool.hpp"

#include <algorithm>

namespace network {
namespace {

constexpr std::uint32_t kBlock = 10U << 24U;  // 10.0.0.0/8
constexpr std::uint32_t kPreferred = kBlock | (89U << 16U);
constexpr std::uint32_t kStep = 1U << 8U;  // a /24
constexpr std::uint32_t kBlockSize = 1U << 24U;
constexpr std::uint32_t kPreferredSize = 1U << 16U;

// The first free /24 in [first, end); jumps behind whatever is in the way.
std::optional<schemas::Subnet> find_free(std::uint64_t first, std::uint64_t end,
                                         const std::vector<schemas::Subnet>& taken) {
  std::uint64_t at = first;
  while (at < end) {
    const schemas::Subnet candidate{.base = {static_cast<std::uint32_t>(at)}, .prefix = 24};
    const auto blocker = std::ranges::find_if(
        taken, [&](const schemas::Subnet& other) { return candidate.overlaps(other); });
    if (blocker == taken.end()) return candidate;
    const std::uint64_t behind = std::uint64_t{blocker->broadcast().bits} + 1;
    at = std::max(at + kStep, (behind + kStep - 1) / kStep * kStep);
  }
  return std::nullopt;
}

}  // namespace

std::optional<schemas::Subnet> choose_subnet(const std::vector<schemas::Subnet>& taken) {
  if (auto subnet = find_free(kPreferred, kPreferred + kPreferredSize, taken)) return subnet;
  const std::uint64_t behind = kPreferred + kPreferredSize;
  if (auto subnet = find_free(behind, std::uint64_t{kBlock} + kBlockSize, taken)) return subnet;
  return find_free(kBlock, kPreferred, taken);
}

std::optional<schemas::Ipv4Address> choose_address(const schemas::Subnet& subnet,
                                                   schemas::Ipv4Address gateway,
                                                   const std::set<schemas::Ipv4Address>& used) {
  const std::uint32_t last = subnet.broadcast().bits;
  if (last - subnet.base.bits < 2) return std::nullopt;
  for (std::uint32_t bits = subnet.base.bits + 1; bits < last; ++bits) {
    const schemas::Ipv4Address address{bits};
    if (address != gateway && !used.contains(address)) return address;
  }
  return std::nullopt;
}

}  // namespace network
