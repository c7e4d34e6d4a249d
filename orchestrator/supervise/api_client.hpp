// ApiCall: one request to a supervisor and its answer, read as it comes; for a loop that polls.
#pragma once

#include <functional>
#include <string>

#include "orchestrator/supervise/api_request.hpp"
#include "orchestrator/supervise/api_response.hpp"
#include "runtime/sys/file_descriptor.hpp"

namespace orchestrator {

// A connected stream socket to the supervisor at `path`. NotFound: no socket, or nobody listens.
[[nodiscard]] schemas::Result<runtime::FileDescriptor> connect_api_socket(const std::string& path);

// One request on a connection of its own.
class ApiCall {
 public:
  using EventReader = std::function<void(const schemas::Event&)>;
  enum class State : std::uint8_t { Open, Ended };

  // Sends the request over a connected socket; waits only for the socket to take it.
  static schemas::Result<ApiCall> begin(runtime::FileDescriptor socket, const ApiRequest& request);

  // The server took the request: what happens from now on will be told.
  [[nodiscard]] bool accepted() const { return response_.head_complete(); }

  // Readable when read() has something to do.
  [[nodiscard]] const runtime::FileDescriptor& descriptor() const { return socket_; }

  // Hands over the events that have come, without waiting. Ended: the stream ended in good order.
  // The server's refusal, and a stream that broke off (the supervisor died), are errors.
  schemas::Result<State> read(const EventReader& on_event);

  // Waits for the end of the answer: what is not events (status) is returned as text.
  schemas::Result<std::string> finish();

 private:
  explicit ApiCall(runtime::FileDescriptor socket) : socket_(std::move(socket)) {}
  schemas::Result<> take_lines(const EventReader& on_event);

  runtime::FileDescriptor socket_;
  ResponseReader response_;
  std::string pending_;  // the unfinished last line
};

}  // namespace orchestrator
