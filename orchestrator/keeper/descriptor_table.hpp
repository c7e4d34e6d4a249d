// DescriptorTable: the descriptors that must survive the supervisor, by name.
#pragma once

#include "orchestrator/keeper/protocol.hpp"
#include "orchestrator/keeper/wire.hpp"

namespace orchestrator {

// One descriptor. A pid other than 0 makes it a pidfd of a process whose exit we have not journaled
// yet: our supervisors' successors are told of it, and by them the keeper after us. It is watched
// when the process is no child of ours (its keeper died and init adopted it).
struct HeldSlot {
  char name[sizeof(KeeperMessage::name)];
  uint64_t start_time;
  int32_t pid;
  int32_t fd;  // of a used slot
  bool used;
  bool watched;
};

struct DescriptorTable {
  HeldSlot slots[kMostDescriptors];
  uint32_t end;  // one past the highest slot that was ever used
};

// Takes the parcel's descriptor; for Watch, `epoll` tells of the exit with `data_base` + slot
// number. 0 or a negative errno.
long hold(DescriptorTable& table, Parcel& parcel, int epoll, uint64_t data_base);

void drop(DescriptorTable& table, const char* name, int epoll);

// It turned out to be a child of ours.
void end_watch(HeldSlot& slot, int epoll);

// The exit of this process has been journaled: from now on its pidfd is only held.
void forget_process(DescriptorTable& table, int32_t pid, uint64_t start_time, int epoll);

}  // namespace orchestrator
