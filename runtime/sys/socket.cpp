// Seqpacket sockets: one message, a few descriptors, all close-on-exec.
#include "runtime/sys/socket.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace runtime {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

namespace {

constexpr std::size_t kMostDescriptors = 8;

struct alignas(cmsghdr) ControlBuffer {
  std::array<char, CMSG_SPACE(kMostDescriptors * sizeof(int))> bytes{};
};

// Takes ownership of every descriptor that came, so that none leaks even from a refused message.
std::vector<FileDescriptor> take_descriptors(msghdr& message) {
  std::vector<FileDescriptor> taken;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
      taken.emplace_back(number);
    }
  }
  return taken;
}

}  // namespace

Result<std::pair<FileDescriptor, FileDescriptor>> create_socket_pair() {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) < 0)
    return os_error(errno, "create a socket pair");
  return std::pair(FileDescriptor(ends[0]), FileDescriptor(ends[1]));
}

Result<> send_message(const FileDescriptor& socket, std::span<const std::byte> bytes,
                      std::span<const int> descriptors) {
  if (descriptors.size() > kMostDescriptors)
    return fail(ErrorKind::Invalid, "{} descriptors in one message", descriptors.size());
  iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};  // NOLINT: sendmsg only reads
  ControlBuffer control;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control.bytes.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  ssize_t sent = -1;
  do sent = ::sendmsg(socket.get(), &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent < 0) return os_error(errno, "send a message");
  return {};
}

Result<Message> receive_message(const FileDescriptor& socket, std::size_t limit) {
  Message received;
  received.bytes.resize(limit);
  iovec part{received.bytes.data(), received.bytes.size()};
  ControlBuffer control;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  ssize_t length = -1;
  do length = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC);
  while (length < 0 && errno == EINTR);
  if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return fail(ErrorKind::Busy, "no message is there yet");
  if (length < 0) return os_error(errno, "receive a message");
  received.descriptors = take_descriptors(message);
  if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    return fail(ErrorKind::Invalid, "a message of more than {} bytes or {} descriptors", limit,
                kMostDescriptors);
  received.bytes.resize(static_cast<std::size_t>(length));
  return received;
}

}  // namespace runtime
