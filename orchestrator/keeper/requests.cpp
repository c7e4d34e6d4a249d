// Obeys messages; every descriptor of a message that nobody kept is closed again.
#include <errno.h>

#include "orchestrator/keeper/keeper.hpp"
#include "orchestrator/keeper/system_calls.hpp"

namespace orchestrator {

namespace {

// Closed before the answer, because whoever gets it may start another keeper.
[[noreturn]] void stop(Keeper& keeper) {
  keeper.stopping = true;
  reap(keeper);
  end_all_logs(keeper.logs);
  const char* const names[] = {kExitsName, kOldExitsName, kIdentityName, kLockName};
  for (const char* name : names) kernel::unlink_at(kRunDirectory, name);
  send_parcel(keeper.respawn.socket, message_of(KeeperVerb::Stopped), nullptr, 0);
  kernel::exit(0);
}

void copy_name(KeeperMessage& message, const char* name) {
  for (size_t i = 0; i < sizeof(message.name); ++i) message.name[i] = name[i];
}

long send_held(int socket, const HeldSlot& slot, uint32_t cursor) {
  KeeperMessage answer = message_of(KeeperVerb::Held);
  answer.cursor = cursor;
  answer.pid = slot.pid;
  answer.start_time = slot.start_time;
  copy_name(answer, slot.name);
  return send_parcel(socket, answer, &slot.fd, 1);
}

long send_held_log(int socket, const Log& log, uint32_t cursor) {
  KeeperMessage answer = message_of(KeeperVerb::HeldLog);
  answer.cursor = cursor;
  answer.segment_size = log.segment_size;
  answer.segments = log.segments;
  copy_name(answer, log.name);
  const int descriptors[3] = {log.fifos[0], log.fifos[1], log.directory};
  return send_parcel(socket, answer, descriptors, 3);
}

// The first thing at or after the cursor; an answer's cursor is where the next List goes on.
long send_next(const Keeper& keeper, uint32_t cursor) {
  const int socket = keeper.respawn.socket;
  for (; cursor < keeper.descriptors.end; ++cursor)
    if (keeper.descriptors.slots[cursor].used)
      return send_held(socket, keeper.descriptors.slots[cursor], cursor + 1);
  if (cursor < kMostDescriptors) cursor = kMostDescriptors;
  for (; cursor < kMostDescriptors + keeper.logs.end; ++cursor)
    if (keeper.logs.slots[cursor - kMostDescriptors].used)
      return send_held_log(socket, keeper.logs.slots[cursor - kMostDescriptors], cursor + 1);
  return send_parcel(socket, message_of(KeeperVerb::End), nullptr, 0);
}

void refuse(int socket, const KeeperMessage& message, long error) {
  KeeperMessage refusal = message;
  refusal.refused = message.verb;
  refusal.verb = KeeperVerb::Refused;
  refusal.error = static_cast<int32_t>(-error);
  send_parcel(socket, refusal, nullptr, 0);
}

long obey(Keeper& keeper, Parcel& parcel) {
  const KeeperMessage& message = parcel.message;
  switch (message.verb) {
    case KeeperVerb::Hold:
    case KeeperVerb::Watch:
      return hold(keeper.descriptors, parcel, keeper.epoll, static_cast<uint64_t>(Wake::Watched));
    case KeeperVerb::Drop:
      drop(keeper.descriptors, message.name, keeper.epoll);
      return 0;
    case KeeperVerb::Log:
    case KeeperVerb::ResumeLog: {
      const long begun = begin_log(keeper.logs, parcel);
      if (any_stalled(keeper.logs)) try_again_later(keeper);
      return begun;
    }
    case KeeperVerb::EndLog:
      end_log(keeper.logs, message.name);
      return 0;
    case KeeperVerb::List:
      keeper.unanswered = message;
      answer_list(keeper);
      return 0;
    default:
      return -EPROTO;
  }
}

}  // namespace

void answer_list(Keeper& keeper) {
  const bool full = send_next(keeper, keeper.unanswered.cursor) == -EAGAIN;
  if (full == keeper.list_waits) return;
  keeper.list_waits = full;
  kernel::epoll_control(keeper.epoll, EPOLL_CTL_MOD, keeper.respawn.socket,
                        full ? EPOLLIN | EPOLLOUT : EPOLLIN,
                        static_cast<uint64_t>(Wake::Supervisor));
}

void obey_supervisor(Keeper& keeper) {
  const int socket = keeper.respawn.socket;
  if (socket < 0) return;
  Parcel parcel;
  while (true) {
    switch (receive_parcel(socket, parcel, Waiting::No)) {
      case Received::Nothing:
        return;
      case Received::Nonsense:
        continue;
      case Received::Closed:
        // Level-triggered EPOLLHUP would spin; its SIGCHLD is what counts.
        kernel::epoll_control(keeper.epoll, EPOLL_CTL_DEL, socket, 0, 0);
        return;
      case Received::Message:
        break;
    }
    if (parcel.message.verb == KeeperVerb::Stop) stop(keeper);
    if (const long done = obey(keeper, parcel); done < 0) refuse(socket, parcel.message, done);
    parcel.close_rest();
  }
}

void obey_starter(Keeper& keeper) {
  Parcel parcel;
  while (true) {
    const Received received = receive_parcel(kStarterSocket, parcel, Waiting::Yes);
    if (received == Received::Nonsense) continue;
    if (received != Received::Message) kernel::exit(1);  // the starter is gone, so are its wishes
    if (parcel.message.verb == KeeperVerb::Begin) {
      set_delays(keeper.respawn, parcel.message);
      return;
    }
    if (const long done = obey(keeper, parcel); done < 0)
      refuse(kStarterSocket, parcel.message, done);
    parcel.close_rest();
  }
}

}  // namespace orchestrator
