// One bridge network, and one container's place in it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schemas/vocabulary/names.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace schemas {

enum class Reach : std::uint8_t { Outside, Internal };  // compose's `internal: true`

// A network as it is wanted. Without a subnet the address pool gives one.
struct NetworkConfig {
  NetworkName name;                    // "shop_front"
  std::string key;                     // "front": the name in the project file, used by DNS
  std::optional<Subnet> subnet;        // asked for by the user; else chosen when it is created
  std::optional<Ipv4Address> gateway;  // else the subnet's first address
  Reach reach{Reach::Outside};
  std::optional<std::uint32_t> mtu;  // bytes; else the default route's

  friend bool operator==(const NetworkConfig&, const NetworkConfig&) = default;
};

// A container's wish for one network.
struct EndpointConfig {
  NetworkName network;
  std::vector<std::string> aliases;  // lower case; the service's name is one of them
  std::optional<Ipv4Address> address;
  std::int32_t gateway_priority{0};

  friend bool operator==(const EndpointConfig&, const EndpointConfig&) = default;
};

enum class Transport : std::uint8_t { Tcp, Udp };

// One port of the host that leads to one port of a container.
struct PublishedPort {
  Ipv4Address host_address;  // 0.0.0.0: every address
  std::uint16_t host_port{0};
  std::uint16_t container_port{0};
  Transport transport{Transport::Tcp};

  [[nodiscard]] std::string text() const;  // "0.0.0.0:8080->80/tcp", as docker ps prints it
  friend auto operator<=>(const PublishedPort&, const PublishedPort&) = default;
};

[[nodiscard]] std::string_view transport_text(Transport transport);  // "tcp", "udp"

}  // namespace schemas
