// Moves bursts from FIFOs to stores. A FIFO is taken out of epoll before it is closed, because the
// supervisor's duplicates keep its registration alive (epoll(7)).
#include "orchestrator/keeper/logs.hpp"

#include <errno.h>

#include "orchestrator/keeper/system_calls.hpp"
#include "orchestrator/keeper/text.hpp"
#include "runtime/journal/formats.hpp"

namespace orchestrator {

namespace {

constexpr int kStreams = 2;
constexpr uint8_t kStreamCode[kStreams] = {runtime::kLogStdout, runtime::kLogStderr};

Log* find_log(Logs& logs, const char* name) {
  for (uint32_t i = 0; i < logs.end; ++i)
    if (logs.slots[i].used && same_name(logs.slots[i].name, name)) return &logs.slots[i];
  return nullptr;
}

Log* find_free_log(Logs& logs) {
  for (uint32_t i = 0; i < logs.end; ++i)
    if (!logs.slots[i].used) return &logs.slots[i];
  return logs.end < kMostLogs ? &logs.slots[logs.end++] : nullptr;
}

// The descriptors of the FIFOs may be registered with no events: that is what "stalled" is.
void listen(Logs& logs, Log& log, int operation, uint32_t events) {
  const auto slot = static_cast<uint64_t>(&log - logs.slots);
  for (uint32_t stream = 0; stream < kStreams; ++stream)
    kernel::epoll_control(logs.epoll, operation, log.fifos[stream], events,
                          slot * kStreams + stream);
}

void stall(Logs& logs, Log& log) {
  if (!log.stalled) listen(logs, log, EPOLL_CTL_MOD, 0);
  log.stalled = true;
}

// True when the store can take more: open, every burst has its entry, the segment has room.
bool make_ready(Log& log) {
  if (!log.store.open && open_store(log.store, log.directory, log.run) < 0) return false;
  if (write_entry(log.store) < 0) return false;
  return log.store.size < log.segment_size || rotate(log.store, log.segments) == 0;
}

// Moves one burst. False when nothing came.
bool move_one(Logs& logs, Log& log, uint32_t stream) {
  if (log.stalled) return false;
  if (!make_ready(log)) {
    stall(logs, log);
    return false;
  }
  const long moved = move_burst(log.store, log.fifos[stream], kStreamCode[stream]);
  if (moved > 0) return true;
  if (moved != -EAGAIN && moved != -EINTR) stall(logs, log);
  return false;
}

// Bounded: a container that goes on writing must not keep us here.
void drain(Logs& logs, Log& log) {
  for (uint32_t stream = 0; stream < kStreams; ++stream)
    for (int bursts = 0; bursts < 16 && move_one(logs, log, stream);) ++bursts;
}

void release(Logs& logs, Log& log) {
  listen(logs, log, EPOLL_CTL_DEL, 0);
  close_store(log.store);
  for (const int fifo : log.fifos) kernel::close(fifo);
  kernel::close(log.directory);
  log.used = false;
}

bool is_read_write(int fd) { return (kernel::control(fd, F_GETFL) & O_ACCMODE) == O_RDWR; }

}  // namespace

long open_logs(Logs& logs) {
  const long epoll = kernel::create_epoll();
  logs.epoll = static_cast<int>(epoll);
  return epoll < 0 ? epoll : 0;
}

long begin_log(Logs& logs, Parcel& parcel) {
  const KeeperMessage& message = parcel.message;
  if (parcel.count != 3 || message.name[0] == '\0' || message.segment_size == 0 ||
      message.segments == 0 || !is_read_write(parcel.descriptors[0]) ||
      !is_read_write(parcel.descriptors[1]))
    return -EINVAL;
  Log* log = find_log(logs, message.name);
  if (log != nullptr) {
    // In FIFOs that are used again there may be words of the new run already: they stay there until
    // the break is written. The run before was drained when its exit was journaled.
    if (kernel::inode_of(log->fifos[0]) != kernel::inode_of(parcel.descriptors[0]))
      drain(logs, *log);
    release(logs, *log);
  }
  if (log == nullptr) log = find_free_log(logs);
  if (log == nullptr) return -ENFILE;
  *log = Log{};
  log->run = message.verb == KeeperVerb::Log ? Run::New : Run::Resumed;
  const long opened = open_store(log->store, parcel.descriptors[2], log->run);
  const bool comes_later = opened == -EWOULDBLOCK || opened == -ENOSPC || opened == -EDQUOT;
  if (opened < 0 && !comes_later) return opened;
  for (size_t i = 0; i < sizeof(log->name); ++i) log->name[i] = message.name[i];
  for (int stream = 0; stream < kStreams; ++stream) log->fifos[stream] = parcel.take(stream);
  log->directory = parcel.take(2);
  log->segment_size = message.segment_size;
  log->segments = message.segments;
  log->used = true;
  log->stalled = opened < 0;
  listen(logs, *log, EPOLL_CTL_ADD, log->stalled ? 0 : uint32_t{EPOLLIN});
  return 0;
}

void end_log(Logs& logs, const char* name) {
  Log* log = find_log(logs, name);
  if (log == nullptr) return;
  drain(logs, *log);
  release(logs, *log);
}

void end_all_logs(Logs& logs) {
  for (uint32_t i = 0; i < logs.end; ++i)
    if (logs.slots[i].used) end_log(logs, logs.slots[i].name);
}

void move_ready(Logs& logs) {
  constexpr int kAtOnce = 32;
  epoll_event events[kAtOnce];
  // epoll serves its ready list in turns, so this many rounds have met everybody who was ready.
  for (uint32_t rounds = logs.end * kStreams / kAtOnce + 1; rounds > 0; --rounds) {
    const long count = kernel::epoll_wait(logs.epoll, events, kAtOnce, 0);
    for (long i = 0; i < count; ++i) {
      const uint64_t data = events[i].data.u64;
      Log& log = logs.slots[data / kStreams];
      if (log.used) move_one(logs, log, static_cast<uint32_t>(data % kStreams));
    }
    if (count < kAtOnce) return;
  }
}

void retry_stalled(Logs& logs) {
  for (uint32_t i = 0; i < logs.end; ++i) {
    Log& log = logs.slots[i];
    if (!log.used || !log.stalled || !make_ready(log)) continue;
    log.stalled = false;
    listen(logs, log, EPOLL_CTL_MOD, EPOLLIN);
  }
}

bool any_stalled(const Logs& logs) {
  for (uint32_t i = 0; i < logs.end; ++i)
    if (logs.slots[i].used && logs.slots[i].stalled) return true;
  return false;
}

}  // namespace orchestrator
