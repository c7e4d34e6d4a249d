// The sockets of the embedded DNS: 127.0.0.11:53 inside a container's own namespace, where no
// neighbour can reach them.
#pragma once

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace network {

struct DnsSockets {
  runtime::FileDescriptor udp;
  runtime::FileDescriptor tcp;  // listening
};

// Non-blocking, close-on-exec.
[[nodiscard]] schemas::Result<DnsSockets> open_dns_sockets(
    const runtime::FileDescriptor& endpoint_set);

}  // namespace network
