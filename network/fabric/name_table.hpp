// Names of containers for the embedded DNS: what one asker can see. Values only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary/config/network_config.hpp"
#include "schemas/vocabulary/names.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace network {

// One endpoint with its names: the container's name first (it is what PTR answers), then aliases.
struct NamedEndpoint {
  schemas::NetworkName network;  // "shop_front"
  std::string network_key;       // "front"; "web.front" and "web.shop_front" are both known
  schemas::Ipv4Address address;
  std::vector<std::string> names;
};

// The names of one network, shared by all askers in it. Lower case, without a last dot.
struct NetworkNames {
  schemas::NetworkName network;
  std::string key;
  std::map<std::string, std::vector<schemas::Ipv4Address>, std::less<>> forward;  // sorted, unique
  std::map<schemas::Ipv4Address, std::string> reverse;  // "shop-web-1.shop_front"
};

// Containers that reach only internal networks must not ask outside either (CVE-2024-29018).
enum class Forwarding : std::uint8_t { Allowed, Refused };

// What one container may ask.
struct NameTable {
  std::vector<std::shared_ptr<const NetworkNames>> networks;  // in the order of its endpoints
  Forwarding forwarding{Forwarding::Allowed};

  // Addresses of "web", "web.front" or "web.shop_front"; nullptr when nobody has that name.
  [[nodiscard]] const std::vector<schemas::Ipv4Address>* find(std::string_view lower_name) const;
  [[nodiscard]] const std::string* find_reverse(schemas::Ipv4Address address) const;
};

// Sorts endpoints into their networks.
[[nodiscard]] std::map<schemas::NetworkName, std::shared_ptr<const NetworkNames>> collect_names(
    const std::vector<NamedEndpoint>& endpoints);

}  // namespace network
