// ApiCall: plain socket calls, because a short-lived client needs no event loop.
#include "orchestrator/supervise/api_client.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "orchestrator/supervise/api_socket.hpp"

namespace orchestrator {
namespace {

using runtime::FileDescriptor;
using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

constexpr std::size_t kLineLimit = 1U << 20U;

Result<> send_all(const FileDescriptor& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return os_error(errno, "send the request to the supervisor");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

}  // namespace

Result<FileDescriptor> connect_api_socket(const std::string& path) {
  auto address = SocketAddress::open(path);
  if (!address) return pass_up(address, "connect to the supervisor");
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return os_error(errno, "create a socket");
  if (::connect(socket.get(), address->get(), address->size()) < 0) {
    const int error = errno;
    if (error == ECONNREFUSED || error == ENOENT) {
      return fail(ErrorKind::NotFound, "no supervisor listens at {}", path);
    }
    return os_error(error, "connect to the supervisor at {}", path);
  }
  return socket;
}

Result<ApiCall> ApiCall::begin(FileDescriptor socket, const ApiRequest& request) {
  const RequestText text = write_control_request(request);
  ApiCall call(std::move(socket));
  std::string bytes = fmt::format(
      "{} {} HTTP/1.1\r\nHost: tutti\r\nContent-Type: application/json\r\nContent-Length: "
      "{}\r\n\r\n",
      text.method, text.target, text.body.size());
  bytes += text.body;
  // A server that refuses early closes its side: its answer says more than our EPIPE.
  auto sent = send_all(call.socket_, bytes);
  if (!sent && sent.error().kind() == ErrorKind::Denied) return pass_up(sent);
  return call;
}

Result<ApiCall::State> ApiCall::read(const EventReader& on_event) {
  std::array<char, 64U << 10U> block{};
  while (!response_.complete()) {
    const ssize_t count = ::recv(socket_.get(), block.data(), block.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return State::Open;
    if (count < 0 && errno != ECONNRESET) return os_error(errno, "read the supervisor's answer");
    if (count <= 0) {
      return fail(ErrorKind::Failed, "the supervisor went away before it had answered");
    }
    auto taken = response_.take({block.data(), static_cast<std::size_t>(count)});
    if (!taken) return pass_up(taken);
    if (response_.head_complete() && response_.status() == 200) {
      auto lines = take_lines(on_event);
      if (!lines) return pass_up(lines);
    }
  }
  if (response_.status() != 200) {
    return std::unexpected(read_error_body(response_.status(), response_.take_body()));
  }
  return State::Ended;
}

Result<> ApiCall::take_lines(const EventReader& on_event) {
  pending_ += response_.take_body();
  std::size_t begin = 0;
  for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n', begin)) {
    const auto node =
        schemas::read_json(std::string_view(pending_).substr(begin, end - begin), "event");
    begin = end + 1;
    if (!node) continue;  // a keep-alive or a line of a later version: never the end of the stream
    const auto event = schemas::read_event(*node);
    if (event) on_event(*event);
  }
  pending_.erase(0, begin);
  if (pending_.size() > kLineLimit) return fail(ErrorKind::Invalid, "an event is too long");
  return {};
}

Result<std::string> ApiCall::finish() {
  while (!response_.complete()) {
    std::array<char, 4096> block{};
    const ssize_t count = ::recv(socket_.get(), block.data(), block.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      return fail(ErrorKind::Failed, "the supervisor went away before it had answered");
    }
    auto taken = response_.take({block.data(), static_cast<std::size_t>(count)});
    if (!taken) return pass_up(taken);
  }
  std::string body = response_.take_body();
  if (response_.status() != 200) {
    return std::unexpected(read_error_body(response_.status(), body));
  }
  return body;
}

}  // namespace orchestrator
