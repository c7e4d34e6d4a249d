// Keeper messages as bytes, and back with their checks.
#include "orchestrator/supervise/keeper_message.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "runtime/sys/socket.hpp"

namespace orchestrator {

using runtime::FileDescriptor;
using schemas::ErrorKind;
using schemas::fail;
using schemas::pass_up;
using schemas::Result;

namespace {

// Whoever gives the socket to an event loop makes it one that never waits: so we wait here.
void await(const FileDescriptor& socket, short events) {
  pollfd entry{.fd = socket.get(), .events = events, .revents = 0};
  while (::poll(&entry, 1, -1) < 0 && errno == EINTR) {
  }
}

}  // namespace

Result<> send_keeper_message(const FileDescriptor& socket, KeeperVerb verb, std::string_view name,
                             KeeperMessage message, std::span<const int> descriptors) {
  if (name.empty() || name.size() >= sizeof(message.name))
    return fail(ErrorKind::Invalid, "the keeper's names have 1 to {} bytes: \"{}\"",
                sizeof(message.name) - 1, name);
  message.protocol = kKeeperProtocol;
  message.verb = verb;
  std::ranges::fill(message.name, '\0');
  std::ranges::copy(name, std::begin(message.name));
  await(socket, POLLOUT);
  return runtime::send_message(socket, std::as_bytes(std::span(&message, 1)), descriptors);
}

Result<std::optional<ReceivedFromKeeper>> receive_keeper_message(const FileDescriptor& socket) {
  await(socket, POLLIN);
  auto received = runtime::receive_message(socket, sizeof(KeeperMessage));
  // A peer that died with unread messages leaves one ECONNRESET before what it had sent to us.
  if (!received) received = runtime::receive_message(socket, sizeof(KeeperMessage));
  if (!received) return pass_up(received);
  if (received->bytes.empty()) return std::nullopt;
  ReceivedFromKeeper taken;
  if (received->bytes.size() != sizeof(KeeperMessage))
    return fail(ErrorKind::Invalid, "a message of {} bytes", received->bytes.size());
  std::memcpy(&taken.message, received->bytes.data(), sizeof(KeeperMessage));
  if (taken.message.protocol != kKeeperProtocol)
    return fail(ErrorKind::Invalid, "a message of another protocol");
  taken.message.name[sizeof(taken.message.name) - 1] = '\0';
  taken.descriptors = std::move(received->descriptors);
  return taken;
}

KeeperMessage with_limits(const LogLimits& limits) {
  KeeperMessage message{};
  message.segment_size = limits.segment_size;
  message.segments = limits.segments;
  return message;
}

KeeperRefused refusal_in(const KeeperMessage& message) {
  return {.name = message.name,
          .error = schemas::Error(
              schemas::kind_of_errno(message.error),
              fmt::format("the keeper refused {}: {}", static_cast<const char*>(message.name),
                          schemas::errno_text(message.error)))};
}

}  // namespace orchestrator
