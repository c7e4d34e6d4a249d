// SocketAddress: a unix socket's address for a path of any length, for both sides of the API.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string>

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

// sockaddr_un holds 108 bytes (unix(7)) and state directories may be longer, so the address goes
// through a descriptor of the directory, which it keeps open.
class SocketAddress {
 public:
  static schemas::Result<SocketAddress> open(const std::string& path);

  [[nodiscard]] const sockaddr* get() const;
  [[nodiscard]] socklen_t size() const { return sizeof(address_); }
  [[nodiscard]] const runtime::FileDescriptor& directory() const { return directory_; }

 private:
  runtime::FileDescriptor directory_;
  sockaddr_un address_{};
};

}  // namespace orchestrator
