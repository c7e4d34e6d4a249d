// Journals exits: the last messages and the last words first, then the record, then the reaping. A
// kill in between leaves the zombie or a second record, never a lost exit.
#include <errno.h>

#include "orchestrator/keeper/keeper.hpp"
#include "orchestrator/keeper/system_calls.hpp"
#include "orchestrator/keeper/text.hpp"

namespace orchestrator {

namespace {

constexpr int kAnyChild = 0;      // P_ALL
constexpr int kOneChild = 1;      // P_PID
constexpr int kChildOfPidfd = 3;  // P_PIDFD
constexpr int kNoHang = 1;
constexpr int kExited = 4;
constexpr int kNoWait = 0x01000000;
constexpr int kAllKinds = 0x40000000;  // __WALL: also children with another exit signal

// struct pidfd_info as Linux 6.13 first had it, and what 6.15 tells of an exit; <linux/pidfd.h>.
struct PidfdInfo {
  uint64_t mask;
  uint64_t cgroup;
  uint32_t ids[11];
  int32_t exit_code;
};
static_assert(sizeof(PidfdInfo) == 64);
constexpr unsigned long kPidfdGetInfo = 0xC040FF0B;  // _IOWR(0xFF, 11, 64 bytes)
constexpr uint64_t kPidfdInfoExit = 8;

int32_t wait_status_of(const siginfo_t& facts) {
  if (facts.si_code == CLD_EXITED) return (facts.si_status & 0xff) << 8;
  return (facts.si_status & 0x7f) | (facts.si_code == CLD_DUMPED ? 0x80 : 0);
}

int64_t microseconds(const timeval& time) { return time.tv_sec * 1'000'000 + time.tv_usec; }

void wake_supervisor(const Keeper& keeper, const Exit& exit) {
  if (keeper.respawn.socket < 0) return;
  KeeperMessage wake = message_of(KeeperVerb::Wake);
  wake.pid = exit.pid;
  wake.start_time = exit.start_time;
  // A full socket wakes the supervisor as well.
  send_parcel(keeper.respawn.socket, wake, nullptr, 0);
}

bool journal(Keeper& keeper, const Exit& exit) {
  if (append_exit(keeper.exits, exit) < 0) {
    try_again_later(keeper);
    return false;
  }
  // Whoever watched it, too: one exit, one record.
  forget_process(keeper.descriptors, exit.pid, exit.start_time, keeper.epoll);
  wake_supervisor(keeper, exit);
  return true;
}

// By its pidfd: its pid may be another process's by now.
bool is_child(int pidfd) {
  siginfo_t facts{};
  return kernel::wait_id(kChildOfPidfd, pidfd, &facts, kExited | kNoHang | kNoWait | kAllKinds,
                         nullptr) != -ECHILD;
}

}  // namespace

void reap(Keeper& keeper) {
  bool supervisor_died = false;
  while (true) {
    siginfo_t facts{};
    rusage usage{};
    const long waited =
        kernel::wait_id(kAnyChild, 0, &facts, kExited | kNoHang | kNoWait | kAllKinds, &usage);
    if (waited == -EINTR) continue;
    if (waited < 0 || facts.si_pid == 0) break;
    // What the supervisor asked before this exit may be the very log that gets the last words.
    obey_supervisor(keeper);
    if (facts.si_pid == keeper.respawn.pid) {
      supervisor_died = true;
    } else {
      move_ready(keeper.logs);
      const Exit exit{.pid = facts.si_pid,
                      .start_time = start_time_of(facts.si_pid),
                      .wait_status = wait_status_of(facts),
                      .flags = 0,
                      .user_time = microseconds(usage.ru_utime),
                      .system_time = microseconds(usage.ru_stime),
                      .peak_memory = usage.ru_maxrss};
      if (!journal(keeper, exit)) break;  // stays a zombie until there is room
    }
    kernel::wait_id(kOneChild, facts.si_pid, &facts, kExited | kNoHang | kAllKinds, nullptr);
  }
  if (!supervisor_died || keeper.stopping) return;
  keeper.list_waits = false;
  bury_supervisor(keeper.respawn);
  listen_to_supervisor(keeper);
}

void look_at_watched(Keeper& keeper, uint32_t slot) {
  HeldSlot& held = keeper.descriptors.slots[slot];
  if (!held.used || !held.watched || !kernel::is_readable(held.fd)) return;
  if (is_child(held.fd)) return end_watch(held, keeper.epoll);  // reap() does it
  PidfdInfo info{};
  info.mask = kPidfdInfoExit;
  const long asked = kernel::device_control(held.fd, kPidfdGetInfo, &info);
  bool known = asked == 0 && (info.mask & kPidfdInfoExit) != 0;
  if (!known) {
    // Its parent has not reaped it yet, and some inits take seconds for that: ask the zombie.
    const ProcessFacts zombie = facts_of(held.pid);
    known = zombie.zombie && zombie.start_time == held.start_time;
    info.exit_code = zombie.wait_status;
    if (!known && asked == 0) return;  // EPOLLHUP will tell
  }
  move_ready(keeper.logs);
  const Exit exit{.pid = held.pid,
                  .start_time = held.start_time,
                  .wait_status = known ? info.exit_code : 0,
                  .flags = known ? uint16_t{0} : runtime::kExitUnknown,
                  .user_time = 0,
                  .system_time = 0,
                  .peak_memory = 0};
  journal(keeper, exit);
}

void look_at_all_watched(Keeper& keeper) {
  for (uint32_t slot = 0; slot < keeper.descriptors.end; ++slot) look_at_watched(keeper, slot);
}

}  // namespace orchestrator
