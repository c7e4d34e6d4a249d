// SocketAddress through /proc/self/fd.
#include "orchestrator/supervise/api_socket.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstring>

namespace orchestrator {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

Result<SocketAddress> SocketAddress::open(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos || slash + 1 == path.size()) {
    return fail(ErrorKind::Invalid, "{} is no absolute path of a socket", path);
  }
  const std::string directory = path.substr(0, slash + 1);
  SocketAddress opened;
  opened.directory_ =
      runtime::FileDescriptor(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!opened.directory_) return os_error(errno, "open {}", directory);
  const std::string reached =
      fmt::format("/proc/self/fd/{}/{}", opened.directory_.get(), path.substr(slash + 1));
  if (reached.size() >= sizeof(opened.address_.sun_path)) {
    return fail(ErrorKind::Invalid, "the socket's name is too long: {}", path);
  }
  opened.address_.sun_family = AF_UNIX;
  std::memcpy(opened.address_.sun_path, reached.c_str(), reached.size() + 1);
  return opened;
}

const sockaddr* SocketAddress::get() const {
  return reinterpret_cast<const sockaddr*>(&address_);  // NOLINT: how the socket API takes it
}

}  // namespace orchestrator
