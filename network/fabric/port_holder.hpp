// Who holds a port of the host, as far as /proc tells: for the text of a conflict.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "schemas/vocabulary/config/network_config.hpp"

namespace network {

struct PortHolder {
  pid_t pid{0};
  std::string command;  // /proc/<pid>/comm
  friend bool operator==(const PortHolder&, const PortHolder&) = default;
};

// The process with a socket that keeps the port from being bound; nothing when it cannot be seen.
[[nodiscard]] std::optional<PortHolder> find_port_holder(const schemas::PublishedPort& port);

}  // namespace network
