// DescriptorTable: the descriptors that must survive the supervisor, by name.
#pragma once

#include "orchestrator/keeper/protocol.hpp"
#include "orchestrator/keeper/wire.hpp"

namespace orchestrator {

// One descriptor. A pid other than 0 makes it a pidfd whose exit we journal although the process is
// no child of ours (its keeper died and init adopted it).
struct HeldSlot {
  char name[sizeof(KeeperMessage::name)];
  uint64_t start_time;
  int32_t pid;
  int32_t fd;  // of a used slot
  bool used;
};

struct DescriptorTable {
  HeldSlot slots[kMostDescriptors];
  uint32_t end;  // one past the highest slot that was ever used
};

// Takes the parcel's descriptor; for Watch, `epoll` tells of the exit with `data_base` + slot
// number. 0 or a negative errno.
long hold(DescriptorTable& table, Parcel& parcel, int epoll, uint64_t data_base);

void drop(DescriptorTable& table, const char* name, int epoll);

// From now on only held: its exit has been journaled.
void end_watch(HeldSlot& slot, int epoll);

}  // namespace orchestrator
