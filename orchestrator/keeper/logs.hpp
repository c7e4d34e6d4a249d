// Logs: the FIFOs of all containers, of which the keeper is the only reader.
#pragma once

#include "orchestrator/keeper/log_store.hpp"
#include "orchestrator/keeper/protocol.hpp"
#include "orchestrator/keeper/wire.hpp"

namespace orchestrator {

// One container's two FIFOs and where they go. A stalled log is not read (its disk is full, or the
// last writer has not gone yet) and is tried again by the retry timer.
struct Log {
  char name[sizeof(KeeperMessage::name)];
  int fifos[2];   // stdout, stderr; O_RDWR, so that they never end and never hang up
  int directory;  // as it was given to us, for List
  uint64_t segment_size;
  uint32_t segments;
  LogStore store;
  Run run;
  bool used;
  bool stalled;
};

struct Logs {
  Log slots[kMostLogs];
  uint32_t end;  // one past the highest slot that was ever used
  int epoll;     // of all FIFOs; its data is 2 * slot + stream
};

long open_logs(Logs& logs);

// Takes the parcel's three descriptors. 0 or a negative errno.
long begin_log(Logs& logs, Parcel& parcel);

// Moves what is there, then lets go.
void end_log(Logs& logs, const char* name);
void end_all_logs(Logs& logs);

// Moves what is ready now, once around: returns when it has seen every FIFO that was ready.
void move_ready(Logs& logs);

// Tries the stalled ones again.
void retry_stalled(Logs& logs);
bool any_stalled(const Logs& logs);

}  // namespace orchestrator
