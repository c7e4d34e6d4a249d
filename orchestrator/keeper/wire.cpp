// Sends and receives messages; SCM_RIGHTS (unix(7)) carries the descriptors.
#include "orchestrator/keeper/wire.hpp"

#include <errno.h>

#include "orchestrator/keeper/system_calls.hpp"

namespace orchestrator {

namespace {

// One control message: a cmsghdr, which cannot be a member because its array is flexible.
struct Control {
  size_t length;
  int level;
  int type;
  int descriptors[kMostInMessage];
};
static_assert(offsetof(Control, descriptors) == sizeof(cmsghdr));

}  // namespace

void Parcel::close_rest() {
  for (int i = 0; i < count; ++i)
    if (descriptors[i] >= 0) kernel::close(take(i));
}

Received receive_parcel(int socket, Parcel& parcel, Waiting waiting) {
  parcel.count = 0;
  Control control{};
  iovec part{&parcel.message, sizeof(parcel.message)};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = &control;
  header.msg_controllen = sizeof(control);
  long length = 0;
  // A peer that died with unread messages leaves one ECONNRESET before those it had sent to us.
  do length = kernel::receive(socket, &header, waiting == Waiting::No ? MSG_DONTWAIT : 0);
  while (length == -EINTR || length == -ECONNRESET);
  if (length == -EAGAIN) return Received::Nothing;
  if (length <= 0) return Received::Closed;

  if (header.msg_controllen >= sizeof(cmsghdr) && control.type == SCM_RIGHTS) {
    parcel.count = static_cast<int>((control.length - sizeof(cmsghdr)) / sizeof(int));
    for (int i = 0; i < parcel.count; ++i) parcel.descriptors[i] = control.descriptors[i];
  }
  const bool sound = length == sizeof(KeeperMessage) &&
                     parcel.message.protocol == kKeeperProtocol &&
                     (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
  parcel.message.name[sizeof(parcel.message.name) - 1] = '\0';
  if (sound) return Received::Message;
  parcel.close_rest();
  return Received::Nonsense;
}

long send_parcel(int socket, const KeeperMessage& message, const int* descriptors, int count) {
  Control control{};
  iovec part{const_cast<KeeperMessage*>(&message), sizeof(message)};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (count > 0) {
    const size_t bytes = static_cast<size_t>(count) * sizeof(int);
    control.level = SOL_SOCKET;
    control.type = SCM_RIGHTS;
    control.length = sizeof(cmsghdr) + bytes;
    for (int i = 0; i < count; ++i) control.descriptors[i] = descriptors[i];
    header.msg_control = &control;
    header.msg_controllen = sizeof(cmsghdr) + bytes;
  }
  return kernel::send(socket, &header, MSG_DONTWAIT);
}

KeeperMessage message_of(KeeperVerb verb) {
  KeeperMessage message{};
  message.protocol = kKeeperProtocol;
  message.verb = verb;
  return message;
}

}  // namespace orchestrator
