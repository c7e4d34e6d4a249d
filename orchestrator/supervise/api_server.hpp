// ApiServer: HTTP over the project's unix socket, for the supervisor's event loop.
#pragma once

#include <memory>
#include <string>

#include "orchestrator/supervise/api.hpp"
#include "runtime/sys/file_descriptor.hpp"

namespace boost::asio {
class io_context;
}

namespace orchestrator {

// A listening unix stream socket at `path`, for its owner only (mode 0600). It takes the place of
// an old one in one rename: a client sees the old socket or one that already accepts.
[[nodiscard]] schemas::Result<runtime::FileDescriptor> create_api_socket(const std::string& path);

// Serves the API on a listening socket from construction to destruction. Clients of another user
// than ours (SO_PEERCRED) are refused; one that is slow or silent disturbs no other.
class ApiServer {
 public:
  ApiServer(boost::asio::io_context& loop, runtime::FileDescriptor listening,
            ControlTarget& target);
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;
  ~ApiServer();  // closes every connection; sinks that are still held become closed ones

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orchestrator
