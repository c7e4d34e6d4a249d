// The messages between keeper and supervisor: fixed size, over a SOCK_SEQPACKET socket.
//
//   supervisor → keeper   Hold, Watch, Drop, Log, EndLog, List, Stop       (Refused may come back)
//   keeper → supervisor   Held, HeldLog, End (answers to List), Stopped (to Stop), Wake
//   starter → keeper      Hold, Watch, Log, ResumeLog ..., Begin           before the first
//   supervisor keeper → starter      Ready
//
// Included by the freestanding keeper too, so it knows the compiler's own headers only.
#pragma once

#include <stdint.h>

namespace orchestrator {

enum class KeeperVerb : uint32_t {
  Hold = 1,  // name + {descriptor}: keep it; a second one of the name takes its place. A child's
             // pidfd comes with its process, for Held
  Watch,     // name, process + {pidfd}: keep it, and journal the exit of a process that is no child
  Drop,      // name: let go of what Hold or Watch gave
  Log,       // name, limits + {stdout, stderr, log directory}: move what comes; a new run begins
  ResumeLog,  // the same, but the run goes on
  EndLog,     // name: move what is there, then let go
  List,       // cursor 0, then the cursor of the answer: Held, HeldLog or, after the last, End
  Stop,       // journal, let go, remove the keeper's files, answer Stopped, end
  Held,       // name + {descriptor}, and the process as long as its exit has not been journaled
  HeldLog,
  End,
  Stopped,
  Wake,     // process: its exit has been journaled (and its last words are in the log)
  Refused,  // verb and name of the message that could not be obeyed, and the error
  Begin,    // respawn delays: everything has been handed over, start a supervisor
  Ready     // process (the keeper itself), or error
};

inline constexpr uint32_t kKeeperProtocol = 0x54554b31;  // "TUK1"

struct KeeperMessage {
  uint32_t protocol;
  KeeperVerb verb;
  KeeperVerb refused;
  int32_t error;  // errno
  int32_t pid;
  uint32_t cursor;
  uint64_t start_time;
  uint64_t segment_size;   // bytes; a segment that is as large or larger is followed by a new one
  uint32_t segments;       // how many are kept
  uint32_t settled_after;  // ms; a supervisor that lived longer is respawned at once
  uint32_t first_delay;    // ms; doubles with every short life ...
  uint32_t longest_delay;  // ms; ... up to this
  char name[96];           // NUL at the end
};
static_assert(sizeof(KeeperMessage) == 152);

// Descriptors that the keeper is born with.
inline constexpr int kStarterSocket = 3;
inline constexpr int kLockFile = 4;  // flocked by the starter; the lock lives as long as the keeper
inline constexpr int kRunDirectory = 5;
inline constexpr int kSupervisorBinary = 6;
inline constexpr int kBirthDescriptors = 7;

// The descriptor that every supervisor is born with: its end of the socket.
inline constexpr int kKeeperSocket = 3;

inline constexpr uint32_t kMostDescriptors = 4096;
inline constexpr uint32_t kMostLogs = 2048;

// Files of the keeper in <run>/<project>. `keeper` holds "<pid> <start time>\n".
inline constexpr char kLockName[] = "lock";
inline constexpr char kIdentityName[] = "keeper";
inline constexpr char kExitsName[] = "exits";
inline constexpr char kOldExitsName[] = "exits.1";

}  // namespace orchestrator
