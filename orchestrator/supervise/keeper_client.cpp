// Speaks keeper/protocol.hpp over the inherited socket.
#include "orchestrator/supervise/keeper_client.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "orchestrator/keeper/protocol.hpp"
#include "orchestrator/supervise/keeper_message.hpp"
#include "runtime/sys/socket.hpp"

namespace orchestrator {

using runtime::FileDescriptor;
using runtime::ProcessIdentity;
using schemas::ErrorKind;
using schemas::fail;
using schemas::pass_up;
using schemas::Result;

namespace {

// A dying keeper's descriptors are closed one after the other: our stream ends before its lock is
// free. Its pidfd tells when all are closed, which is a matter of microseconds.
void await_death(const FileDescriptor& keeper) {
  constexpr int kAtMost = 1000;  // ms; for a keeper that is not dying but broken
  pollfd entry{.fd = keeper.get(), .events = POLLIN, .revents = 0};
  ::poll(&entry, 1, kAtMost);
}

bool is_readable(const FileDescriptor& socket) {
  pollfd entry{.fd = socket.get(), .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, 0) == 1;
}

ProcessIdentity process_in(const KeeperMessage& message) {
  return {.pid = message.pid, .start_time = message.start_time};
}

KeeperMessage about(const ProcessIdentity& process) {
  KeeperMessage message{};
  message.pid = process.pid;
  message.start_time = process.start_time;
  return message;
}

KeeperNews news_in(const KeeperMessage& message) {
  if (message.verb == KeeperVerb::Refused) return refusal_in(message);
  return ExitJournaled{process_in(message)};
}

}  // namespace

Result<KeeperClient> KeeperClient::inherit() {
  int type = 0;
  socklen_t size = sizeof(type);
  if (::getsockopt(kKeeperSocket, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type != SOCK_SEQPACKET)
    return fail(ErrorKind::NotFound, "not started by a keeper");
  FileDescriptor socket(kKeeperSocket);
  ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
  KeeperClient client(std::move(socket));
  // The other end's maker is the keeper (unix(7), SO_PEERCRED of a socket pair).
  ucred maker{};
  size = sizeof(maker);
  if (::getsockopt(client.socket_.get(), SOL_SOCKET, SO_PEERCRED, &maker, &size) == 0)
    if (const auto identity = runtime::identify(maker.pid))
      if (auto pidfd = runtime::open_process(*identity)) client.keeper_ = std::move(*pidfd);
  return client;
}

Result<> KeeperClient::hold(std::string_view name, const FileDescriptor& descriptor) {
  const std::array numbers{descriptor.get()};
  return send(KeeperVerb::Hold, name, {}, numbers);
}

Result<> KeeperClient::hold_child(std::string_view name, const ProcessIdentity& process,
                                  const FileDescriptor& pidfd) {
  const std::array numbers{pidfd.get()};
  return send(KeeperVerb::Hold, name, about(process), numbers);
}

Result<> KeeperClient::watch(std::string_view name, const ProcessIdentity& process,
                             const FileDescriptor& pidfd) {
  const std::array numbers{pidfd.get()};
  return send(KeeperVerb::Watch, name, about(process), numbers);
}

Result<> KeeperClient::drop(std::string_view name) { return send(KeeperVerb::Drop, name, {}, {}); }

Result<> KeeperClient::log(std::string_view name, const FileDescriptor& stdout_fifo,
                           const FileDescriptor& stderr_fifo, const FileDescriptor& directory,
                           const LogLimits& limits) {
  const std::array numbers{stdout_fifo.get(), stderr_fifo.get(), directory.get()};
  return send(KeeperVerb::Log, name, with_limits(limits), numbers);
}

Result<> KeeperClient::end_log(std::string_view name) {
  return send(KeeperVerb::EndLog, name, {}, {});
}

Result<Holdings> KeeperClient::list() {
  Holdings holdings;
  KeeperMessage request{};
  while (true) {
    if (auto sent = send(KeeperVerb::List, "list", request, {}); !sent)
      return pass_up(sent, "ask the keeper what it holds");
    auto answer = await_answer();
    if (!answer) return pass_up(answer, "ask the keeper what it holds");
    const KeeperMessage& message = answer->message;
    auto& given = answer->descriptors;
    request.cursor = message.cursor;
    if (message.verb == KeeperVerb::End) return holdings;
    if (message.verb == KeeperVerb::Held && given.size() == 1) {
      holdings.descriptors.push_back(
          {.name = message.name, .descriptor = std::move(given[0]), .process = std::nullopt});
      if (message.pid != 0) holdings.descriptors.back().process = process_in(message);
    } else if (message.verb == KeeperVerb::HeldLog && given.size() == 3) {
      holdings.logs.push_back(
          {.name = message.name,
           .stdout_fifo = std::move(given[0]),
           .stderr_fifo = std::move(given[1]),
           .directory = std::move(given[2]),
           .limits = {.segment_size = message.segment_size, .segments = message.segments}});
    } else {
      return fail(ErrorKind::Failed, "the keeper answered with message {} and {} descriptors",
                  std::to_underlying(message.verb), given.size());
    }
  }
}

// A keeper that is gone has stopped as well.
Result<> KeeperClient::stop() {
  if (auto sent = send(KeeperVerb::Stop, "stop", {}, {}); !sent) return {};
  while (true) {
    auto received = receive_keeper_message(socket_);
    if (!received) return pass_up(received, "stop the keeper");
    if (!*received || (*received)->message.verb == KeeperVerb::Stopped) return {};
  }
}

Result<std::vector<KeeperNews>> KeeperClient::receive() {
  std::vector<KeeperNews> news = std::exchange(news_, {});
  while (is_readable(socket_)) {
    auto received = receive_keeper_message(socket_);
    if (!received) return pass_up(received, "listen to the keeper");
    if (!*received) {
      if (keeper_) await_death(keeper_);
      news.emplace_back(KeeperGone{});
      break;
    }
    news.push_back(news_in((*received)->message));
  }
  return news;
}

Result<> KeeperClient::send(KeeperVerb verb, std::string_view name, KeeperMessage message,
                            std::span<const int> descriptors) {
  if (auto sent = send_keeper_message(socket_, verb, name, message, descriptors); !sent)
    return pass_up(sent, "tell the keeper about {}", name);
  return {};
}

// Waits for a message that is an answer; news that comes before it is kept for receive().
Result<ReceivedFromKeeper> KeeperClient::await_answer() {
  while (true) {
    auto received = receive_keeper_message(socket_);
    if (!received) return pass_up(received);
    if (!*received) return fail(ErrorKind::Failed, "the keeper is gone");
    const KeeperVerb verb = (*received)->message.verb;
    if (verb != KeeperVerb::Wake && verb != KeeperVerb::Refused) return std::move(**received);
    news_.push_back(news_in((*received)->message));
  }
}

}  // namespace orchestrator
