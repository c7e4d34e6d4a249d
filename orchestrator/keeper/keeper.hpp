// Keeper: everything it knows, in fixed tables, and its loop.
//
//   starter ── exec ──▶ begin (take over what is handed over) ──▶ loop ── Stop ──▶ end
//                                                                 │ ▲
//                   supervisor's messages, exits, FIFOs, timers ──┘ │ no wake-up without one of
//                   them
//
// Parent of the supervisor and, by CLONE_PARENT, of the containers. clone3(2) wants exit_signal 0
// with CLONE_PARENT but gives the child the caller's own (kernel/fork.c, copy_process): the
// supervisor was forked with SIGCHLD, so its containers' ends send us SIGCHLD too, before and after
// their exec, and plain waitid(2) sees them. Orphans reach us as their subreaper. Children of a
// keeper that was killed do not: their pidfds come by Watch, and the kernel tells the status by
// PIDFD_GET_INFO (Linux 6.15; on older ones it is journaled as unknown).
//
// No seccomp filter: the supervisor and every container would inherit it.
#pragma once

#include "orchestrator/keeper/descriptor_table.hpp"
#include "orchestrator/keeper/exit_log.hpp"
#include "orchestrator/keeper/logs.hpp"
#include "orchestrator/keeper/respawn.hpp"

namespace orchestrator {

struct Keeper {
  DescriptorTable descriptors;
  Logs logs;
  ExitLog exits;
  Respawn respawn;
  KeeperMessage unanswered;  // a List whose answer the socket had no room for
  int epoll;
  int child_signals;
  int retry_timer;  // for logs that are stalled and exits that could not be journaled
  bool retry_armed;
  bool list_waits;  // `unanswered` is to be answered when there is room
  bool stopping;
};

// What the data of an epoll event stands for; a watched pidfd adds its slot's number.
enum class Wake : uint64_t { Supervisor = 0, Exits, Logs, RetryTimer, RespawnTimer, Watched = 16 };

[[noreturn]] void run(Keeper& keeper, char* const* arguments, char* const* environment);

// requests.cpp: obeys what is in the socket; the starter's until Begin.
void obey_starter(Keeper& keeper);
void obey_supervisor(Keeper& keeper);
void answer_list(Keeper& keeper);

// reaper.cpp: journals, then reaps; watches pidfds of processes that are not our children.
void reap(Keeper& keeper);
void look_at_watched(Keeper& keeper, uint32_t slot);
void look_at_all_watched(Keeper& keeper);

// Arms the timer that tries again in a second what failed for want of space.
void try_again_later(Keeper& keeper);

// Listens to the supervisor that was just started, if it was.
void listen_to_supervisor(Keeper& keeper);

}  // namespace orchestrator
