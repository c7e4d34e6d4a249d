// Netlink conversations: the kernel answers inside send(2), so nothing here ever waits.
#include "network/netlink/netlink_socket.hpp"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sched.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "runtime/sys/namespaces.hpp"

namespace network {
namespace {

constexpr std::size_t kReceiveSize = 64U << 10U;
constexpr int kDumps = 16;  // of a list that changes all the time

schemas::Result<> enable(int socket, int option) {
  const int on = 1;
  if (::setsockopt(socket, SOL_NETLINK, option, &on, sizeof on) == 0) return {};
  const int error = errno;
  return schemas::os_error(error, "netlink option {}", option);
}

// The kernel refuses a message larger than the send buffer (EMSGSIZE).
void make_room(int socket, std::size_t size) {
  int room = 0;
  socklen_t length = sizeof room;
  if (::getsockopt(socket, SOL_SOCKET, SO_SNDBUF, &room, &length) == 0 &&
      static_cast<std::size_t>(room) >= size + 64)
    return;
  const int wanted = static_cast<int>(size);  // the kernel doubles it
  std::ignore = ::setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &wanted, sizeof wanted);
}

// What NLMSG_ERROR says: nothing for an acknowledgement (NLMSGERR_ATTR_MSG explains the rest).
schemas::Result<> read_error(const Received& answer) {
  if (answer.payload.size() < sizeof(nlmsgerr))
    return schemas::fail(schemas::ErrorKind::Failed, "netlink: short answer");
  nlmsgerr error{};
  std::memcpy(&error, answer.payload.data(), sizeof error);
  if (error.error == 0) return {};
  std::string text;
  if ((answer.flags & NLM_F_ACK_TLVS) != 0 && (answer.flags & NLM_F_CAPPED) != 0)
    text = Attributes(answer.payload.subspan(sizeof(nlmsgerr))).text(NLMSGERR_ATTR_MSG);
  return schemas::os_error(-error.error, "{}", text.empty() ? "netlink" : text);
}

}  // namespace

void NetlinkSocket::Close::operator()(nl_sock* socket) const { nl_socket_free(socket); }

schemas::Result<NetlinkSocket> NetlinkSocket::open(Protocol protocol) {
  std::unique_ptr<nl_sock, Close> socket(nl_socket_alloc());
  if (!socket) return schemas::fail(schemas::ErrorKind::Failed, "netlink: out of memory");
  const int number = protocol == Protocol::Route ? NETLINK_ROUTE : NETLINK_NETFILTER;
  if (const int error = nl_connect(socket.get(), number); error < 0)
    return schemas::fail(schemas::ErrorKind::Failed, "open a netlink socket: {}",
                         nl_geterror(error));
  const int descriptor = nl_socket_get_fd(socket.get());
  // Without the cap an error carries the whole message that it is about.
  for (const int option : {NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK})
    if (auto done = enable(descriptor, option); !done) return schemas::pass_up(done);
  return NetlinkSocket(std::move(socket));
}

schemas::Result<NetlinkSocket> NetlinkSocket::open_in(
    const runtime::FileDescriptor& network_namespace, Protocol protocol) {
  auto inside = runtime::ScopedNamespace::enter(network_namespace, CLONE_NEWNET);
  if (!inside) return schemas::pass_up(inside);
  return open(protocol);
}

std::uint32_t NetlinkSocket::port() const { return nl_socket_get_local_port(socket_.get()); }

schemas::Result<> NetlinkSocket::send(std::span<const std::byte> bytes) {
  overrun_ = false;
  make_room(nl_socket_get_fd(socket_.get()), bytes.size());
  const int sent = nl_sendto(socket_.get(), const_cast<std::byte*>(bytes.data()), bytes.size());
  if (sent >= 0) return {};
  return schemas::fail(schemas::ErrorKind::Failed, "netlink send: {}", nl_geterror(sent));
}

schemas::Result<std::span<const std::byte>> NetlinkSocket::receive() {
  if (buffer_.empty()) buffer_.resize(kReceiveSize);
  const int descriptor = nl_socket_get_fd(socket_.get());
  ssize_t size = 0;
  do {
    size = ::recv(descriptor, buffer_.data(), buffer_.size(), MSG_DONTWAIT | MSG_TRUNC);
    // Told once; what was not dropped can still be read.
    if (size < 0 && errno == ENOBUFS) overrun_ = true;
  } while (size < 0 && (errno == EINTR || errno == ENOBUFS));
  if (size < 0) {
    const int error = errno;
    return schemas::os_error(error, "netlink receive");
  }
  if (static_cast<std::size_t>(size) > buffer_.size())
    return schemas::fail(schemas::ErrorKind::Failed, "netlink: an answer of {} bytes", size);
  return std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(size));
}

// Every acknowledgement is there when send() returns. All are read, so that a failure leaves
// nothing behind for the next request.
schemas::Result<> NetlinkSocket::await_acknowledgements(std::uint32_t first, std::uint32_t last) {
  schemas::Result<> outcome;
  bool last_seen = false;
  while (true) {
    auto bytes = receive();
    if (!bytes && bytes.error().kind() == schemas::ErrorKind::Busy) break;
    if (!bytes) return schemas::pass_up(bytes);
    split_messages(*bytes, [&](const Received& answer) {
      if (answer.sequence < first || answer.sequence > last || answer.type != NLMSG_ERROR) return;
      auto told = read_error(answer);
      if (!told && outcome) outcome = schemas::pass_up(told);
      if (answer.sequence == last) last_seen = true;
    });
  }
  if (!outcome || (last_seen && !overrun_)) return outcome;
  return schemas::fail(schemas::ErrorKind::Failed, "netlink: no acknowledgement{}",
                       overrun_ ? " (the receive buffer overran)" : "");
}

schemas::Result<> NetlinkSocket::request(Message& message) {
  return request_all(std::span(&message, 1));
}

void NetlinkSocket::append(std::vector<std::byte>& bytes, Message& message, std::uint16_t flags) {
  nlmsghdr* header = message.raw();
  header->nlmsg_flags = static_cast<std::uint16_t>(header->nlmsg_flags | NLM_F_REQUEST | flags);
  header->nlmsg_seq = sequence_++;
  header->nlmsg_pid = port();
  const std::span whole(reinterpret_cast<const std::byte*>(header), message.size());
  bytes.insert(bytes.end(), whole.begin(), whole.end());
  bytes.resize((bytes.size() + 3U) & ~std::size_t{3});  // NLMSG_ALIGN
}

schemas::Result<> NetlinkSocket::request_all(std::span<Message> messages) {
  if (messages.empty()) return {};
  const std::uint32_t first = sequence_;
  std::vector<std::byte> bytes;
  for (Message& message : messages) append(bytes, message, NLM_F_ACK);
  if (auto sent = send(bytes); !sent) return sent;
  return await_acknowledgements(first, sequence_ - 1);
}

schemas::Result<> NetlinkSocket::transact(std::span<Message> messages) {
  if (messages.empty()) return {};
  const nfgenmsg subsystem{.nfgen_family = AF_UNSPEC,
                           .version = NFNETLINK_V0,
                           .res_id = __builtin_bswap16(NFNL_SUBSYS_NFTABLES)};
  Message begin(NFNL_MSG_BATCH_BEGIN, 0);
  begin.header(subsystem);
  Message end(NFNL_MSG_BATCH_END, 0);
  end.header(subsystem);

  const std::uint32_t first = sequence_;
  std::vector<std::byte> bytes;
  append(bytes, begin, 0);
  // One acknowledgement says that all of it was done; thousands would overrun the receive buffer.
  for (Message& message : messages)
    append(bytes, message, &message == &messages.back() ? NLM_F_ACK : 0);
  const std::uint32_t last = sequence_ - 1;
  append(bytes, end, 0);
  if (auto sent = send(bytes); !sent) return sent;
  return await_acknowledgements(first, last);
}

// Reads to the end in any case: the kernel refuses the next list while one is unread (EBUSY).
schemas::Result<NetlinkSocket::Answer> NetlinkSocket::read_answer(Message& message) {
  const bool is_list = (message.raw()->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
  Answer answer{.sequence = sequence_};
  std::vector<std::byte> request;
  append(request, message, is_list ? 0 : NLM_F_ACK);
  if (auto sent = send(request); !sent) return schemas::pass_up(sent);
  schemas::Result<> outcome;
  while (!answer.ended) {
    auto bytes = receive();
    if (!bytes && overrun_ && bytes.error().kind() == schemas::ErrorKind::Busy) break;
    if (!bytes) return schemas::pass_up(bytes);
    split_messages(*bytes, [&](const Received& part) {
      if (part.sequence != answer.sequence || answer.ended) return;
      if ((part.flags & NLM_F_DUMP_INTR) != 0) answer.interrupted = true;
      if (part.type == NLMSG_ERROR) outcome = read_error(part);
      answer.ended = part.type == NLMSG_ERROR || part.type == NLMSG_DONE;
    });
    answer.bytes.insert(answer.bytes.end(), bytes->begin(), bytes->end());
    answer.bytes.resize((answer.bytes.size() + 3U) & ~std::size_t{3});  // NLMSG_ALIGN
  }
  if (!outcome) return schemas::pass_up(outcome);
  if (overrun_) answer.interrupted = true;
  return answer;
}

schemas::Result<> NetlinkSocket::dump(Message& message,
                                      const std::function<void(const Received&)>& each) {
  auto answer = read_answer(message);
  for (int dumps = 1; answer && answer->interrupted && dumps < kDumps; ++dumps)
    answer = read_answer(message);
  if (!answer) return schemas::pass_up(answer);
  if (!answer->ended)
    return schemas::fail(schemas::ErrorKind::Failed, "netlink: the receive buffer overran");
  split_messages(answer->bytes, [&](const Received& part) {
    const bool is_end = part.type == NLMSG_ERROR || part.type == NLMSG_DONE;
    if (part.sequence == answer->sequence && !is_end) each(part);
  });
  return {};
}

}  // namespace network
