// NetlinkSocket: one netlink(7) conversation with the kernel, on libnl's core.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "network/netlink/message.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

struct nl_sock;

namespace network {

enum class Protocol : std::uint8_t { Route, Netfilter };

// A socket stays in the network namespace in which it was opened, wherever its thread goes.
class NetlinkSocket {
 public:
  static schemas::Result<NetlinkSocket> open(Protocol protocol);
  // Opened inside `network_namespace`; the thread is back when it returns.
  static schemas::Result<NetlinkSocket> open_in(const runtime::FileDescriptor& network_namespace,
                                                Protocol protocol);

  // Sends one message and waits for its acknowledgement. The error has errno's kind and the
  // kernel's extended text, where there is one.
  schemas::Result<> request(Message& message);

  // Sends all messages at once and reads every acknowledgement; the first error wins. Messages
  // behind a failed one are still carried out: the kernel knows no transaction here.
  schemas::Result<> request_all(std::span<Message> messages);

  // Sends a nf_tables transaction between BATCH_BEGIN and BATCH_END: all or nothing.
  schemas::Result<> transact(std::span<Message> messages);

  // Sends a request and hands every message of the answer to `each`, once the answer is whole. A
  // list that changed while it was read is asked for again; one that never stops changing is
  // handed over as it was read last, since whoever looks will look again.
  schemas::Result<> dump(Message& message, const std::function<void(const Received&)>& each);

  [[nodiscard]] std::uint32_t port() const;

 private:
  struct Close {
    void operator()(nl_sock* socket) const;
  };
  explicit NetlinkSocket(std::unique_ptr<nl_sock, Close> socket) : socket_(std::move(socket)) {}

  // What came back to one request for a list.
  struct Answer {
    std::vector<std::byte> bytes;
    std::uint32_t sequence{0};
    bool interrupted{false};  // the list changed, or the kernel dropped a part of it
    bool ended{false};
  };

  void append(std::vector<std::byte>& bytes, Message& message, std::uint16_t flags);
  schemas::Result<Answer> read_answer(Message& message);
  schemas::Result<> send(std::span<const std::byte> bytes);
  schemas::Result<std::span<const std::byte>> receive();
  schemas::Result<> await_acknowledgements(std::uint32_t first, std::uint32_t last);

  std::unique_ptr<nl_sock, Close> socket_;
  std::vector<std::byte> buffer_;
  std::uint32_t sequence_{1};
  bool overrun_{false};  // answers were dropped since the last send()
};

}  // namespace network
