// Published ports of the host, held by bound sockets: the conflict detector and the placeholder.
#pragma once

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/config/network_config.hpp"
#include "schemas/vocabulary/error.hpp"

namespace network {

// Binds the port (TCP also listens, behind a filter that lets no connection in: the firewall leads
// them elsewhere). Conflict names the process that has it, where that can be found out.
[[nodiscard]] schemas::Result<runtime::FileDescriptor> reserve_port(
    const schemas::PublishedPort& port);

}  // namespace network
