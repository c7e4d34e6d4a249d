// Holds and drops descriptors. A slot's descriptor is taken out of epoll before it is closed,
// because the supervisor's duplicates keep the open description, and so its registration, alive
// (epoll(7)).
#include "orchestrator/keeper/descriptor_table.hpp"

#include <errno.h>

#include "orchestrator/keeper/system_calls.hpp"
#include "orchestrator/keeper/text.hpp"

namespace orchestrator {

namespace {

HeldSlot* find_slot(DescriptorTable& table, const char* name) {
  for (uint32_t i = 0; i < table.end; ++i)
    if (table.slots[i].used && same_name(table.slots[i].name, name)) return &table.slots[i];
  return nullptr;
}

HeldSlot* find_free_slot(DescriptorTable& table) {
  for (uint32_t i = 0; i < table.end; ++i)
    if (!table.slots[i].used) return &table.slots[i];
  return table.end < kMostDescriptors ? &table.slots[table.end++] : nullptr;
}

void release(HeldSlot& slot, int epoll) {
  end_watch(slot, epoll);
  kernel::close(slot.fd);
  slot.used = false;
}

}  // namespace

long hold(DescriptorTable& table, Parcel& parcel, int epoll, uint64_t data_base) {
  const KeeperMessage& message = parcel.message;
  if (parcel.count != 1 || message.name[0] == '\0') return -EINVAL;
  HeldSlot* slot = find_slot(table, message.name);
  if (slot != nullptr) release(*slot, epoll);
  if (slot == nullptr) slot = find_free_slot(table);
  if (slot == nullptr) return -ENFILE;
  const bool watched = message.verb == KeeperVerb::Watch;
  *slot = HeldSlot{.name = {},
                   .start_time = message.start_time,
                   .pid = message.pid,
                   .fd = parcel.take(0),
                   .used = true,
                   .watched = watched};
  for (size_t i = 0; i < sizeof(slot->name); ++i) slot->name[i] = message.name[i];
  if (!watched) return 0;
  // Edge-triggered: an exited process stays readable until init has reaped it, and only the second
  // edge (EPOLLHUP, Linux 6.9) comes with its status.
  return kernel::epoll_control(epoll, EPOLL_CTL_ADD, slot->fd, EPOLLIN | EPOLLET,
                               data_base + static_cast<uint64_t>(slot - table.slots));
}

void drop(DescriptorTable& table, const char* name, int epoll) {
  if (HeldSlot* slot = find_slot(table, name)) release(*slot, epoll);
}

void end_watch(HeldSlot& slot, int epoll) {
  if (!slot.watched) return;
  kernel::epoll_control(epoll, EPOLL_CTL_DEL, slot.fd, 0, 0);
  slot.watched = false;
}

void forget_process(DescriptorTable& table, int32_t pid, uint64_t start_time, int epoll) {
  for (uint32_t i = 0; i < table.end; ++i) {
    HeldSlot& slot = table.slots[i];
    if (!slot.used || slot.pid != pid || slot.start_time != start_time) continue;
    end_watch(slot, epoll);
    slot.pid = 0;
    slot.start_time = 0;
  }
}

}  // namespace orchestrator
