// Unix sockets that carry descriptors (SCM_RIGHTS, unix(7)).
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

// A connected pair of close-on-exec SOCK_SEQPACKET sockets.
[[nodiscard]] schemas::Result<std::pair<FileDescriptor, FileDescriptor>> create_socket_pair();

// One message with at most 8 descriptors.
[[nodiscard]] schemas::Result<> send_message(const FileDescriptor& socket,
                                             std::span<const std::byte> bytes,
                                             std::span<const int> descriptors);

struct Message {
  std::vector<std::byte> bytes;  // empty: the peer has closed
  std::vector<FileDescriptor> descriptors;
};

// Busy when the socket is non-blocking and nothing is there.
[[nodiscard]] schemas::Result<Message> receive_message(const FileDescriptor& socket,
                                                       std::size_t limit = 4096);

}  // namespace runtime
