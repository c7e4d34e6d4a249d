// Writes segments by splice(2) at explicit offsets: bytes go from pipe to file in one call, so that
// a kill at any moment loses and doubles nothing; only the entry may be missing, and is made up
// for.
#include "orchestrator/keeper/log_store.hpp"

#include <dirent.h>
#include <errno.h>

#include "orchestrator/keeper/system_calls.hpp"
#include "orchestrator/keeper/text.hpp"
#include "runtime/journal/formats.hpp"

namespace orchestrator {

using runtime::kIndexPrefix;
using runtime::kSegmentPrefix;
using runtime::LogIndexEntry;

namespace {

constexpr size_t kMostInBurst = 1U << 20U;  // what a FIFO holds at most, unless root enlarged it

Text<32> file_name(const char* prefix, uint32_t number) {
  Text<32> name;
  name.add(prefix).add(number);
  return name;
}

// The number in "segment.7"; 0 for other names.
uint32_t number_in(const char* name, const char* prefix) {
  for (; *prefix != '\0'; ++prefix, ++name)
    if (*name != *prefix) return 0;
  return read_number(name);
}

long find_segments(LogStore& store) {
  store.oldest = store.number = 0;
  alignas(dirent64) char buffer[2048];
  while (true) {
    const long length = kernel::list_entries(store.directory, buffer, sizeof(buffer));
    if (length <= 0) return length;
    for (long offset = 0; offset < length;) {
      const auto* entry = reinterpret_cast<const dirent64*>(buffer + offset);
      const uint32_t number = number_in(entry->d_name, kSegmentPrefix);
      if (number > store.number) store.number = number;
      if (number != 0 && (store.oldest == 0 || number < store.oldest)) store.oldest = number;
      offset += entry->d_reclen;
    }
  }
}

// The segment is there before its index, as readers expect.
long open_files(LogStore& store, uint32_t number) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_NOFOLLOW;
  const auto segment_name = file_name(kSegmentPrefix, number);
  const long segment = kernel::open_at(store.directory, segment_name.get(), kFlags, 0600);
  if (segment < 0) return segment;
  const long index = kernel::open_at(store.directory, file_name(kIndexPrefix, number).get(),
                                     kFlags | O_APPEND, 0600);
  if (index < 0) {
    kernel::close(static_cast<int>(segment));
    return index;
  }
  store.segment = static_cast<int>(segment);
  store.index = static_cast<int>(index);
  store.number = number;
  return 0;
}

bool is_sound(const LogIndexEntry& entry) { return entry.checksum == runtime::checksum_of(entry); }

// Cuts off torn entries; what the segment has beyond the last sound one becomes a burst again.
long recover(LogStore& store) {
  const long segment_size = kernel::file_size(store.segment);
  const long index_size = kernel::file_size(store.index);
  if (segment_size < 0) return segment_size;
  if (index_size < 0) return index_size;
  uint64_t entries = static_cast<uint64_t>(index_size) / sizeof(LogIndexEntry);
  store.indexed = 0;
  for (; entries > 0; --entries) {
    LogIndexEntry entry;
    const uint64_t offset = (entries - 1) * sizeof(entry);
    if (kernel::read_at(store.index, &entry, sizeof(entry), offset) != sizeof(entry)) return -EIO;
    if (!is_sound(entry)) continue;
    store.indexed = entry.offset + entry.length;
    break;
  }
  if (entries * sizeof(LogIndexEntry) != static_cast<uint64_t>(index_size)) {
    const long cut = kernel::truncate(store.index, entries * sizeof(LogIndexEntry));
    if (cut < 0) return cut;
  }
  store.size = static_cast<uint64_t>(segment_size);
  if (store.size < store.indexed) store.size = store.indexed;  // a hole reads as zeros
  store.burst_time = kernel::now(CLOCK_REALTIME);
  store.burst_stream = runtime::kLogStdout;
  store.burst_flags = runtime::kLogRecovered;
  return write_entry(store);
}

long append(LogStore& store, uint64_t length, int64_t time, uint8_t stream, uint8_t flags) {
  LogIndexEntry entry{.offset = store.indexed,
                      .wall_time = time,
                      .length = static_cast<uint32_t>(length),
                      .segment = store.number,
                      .stream = stream,
                      .flags = flags,
                      .reserved = 0,
                      .checksum = 0};
  entry.checksum = runtime::checksum_of(entry);
  const long written = kernel::write(store.index, &entry, sizeof(entry));
  if (written < 0) return written;
  return written == sizeof(entry) ? 0 : -EIO;
}

long lock_and_open(LogStore& store, Run run) {
  if (const long locked = kernel::lock_exclusively(store.directory); locked < 0) return locked;
  if (const long found = find_segments(store); found < 0) return found;
  const bool fresh = store.number == 0;
  if (fresh) store.oldest = 1;
  if (const long opened = open_files(store, fresh ? 1 : store.number); opened < 0) return opened;
  long done = recover(store);
  if (done == 0 && run == Run::New && (store.size > 0 || store.oldest != store.number))
    done = append(store, 0, kernel::now(CLOCK_REALTIME), runtime::kLogStdout, runtime::kLogBreak);
  if (done < 0) {
    kernel::close(store.segment);
    kernel::close(store.index);
  }
  return done;
}

}  // namespace

long open_store(LogStore& store, int directory, Run run) {
  store = LogStore{};
  const long own = kernel::open_at(directory, ".", O_RDONLY | O_DIRECTORY);
  if (own < 0) return own;
  store.directory = static_cast<int>(own);
  const long done = lock_and_open(store, run);
  store.open = done == 0;
  if (done < 0) kernel::close(store.directory);
  return done;
}

void close_store(LogStore& store) {
  if (!store.open) return;
  kernel::close(store.segment);
  kernel::close(store.index);
  kernel::close(store.directory);
  store.open = false;
}

long write_entry(LogStore& store) {
  if (store.indexed == store.size) return 0;
  const long written = append(store, store.size - store.indexed, store.burst_time,
                              store.burst_stream, store.burst_flags);
  if (written == 0) store.indexed = store.size;
  return written;
}

long move_burst(LogStore& store, int fifo, uint8_t stream) {
  if (const long written = write_entry(store); written < 0) return written;
  const long moved = kernel::splice_at(fifo, store.segment, store.size, kMostInBurst);
  if (moved <= 0) return moved == 0 ? -EAGAIN : moved;
  store.size += static_cast<uint64_t>(moved);
  store.burst_time = kernel::now(CLOCK_REALTIME);
  store.burst_stream = stream;
  store.burst_flags = 0;
  const long written = write_entry(store);
  return written < 0 ? written : moved;
}

long rotate(LogStore& store, uint32_t segments) {
  const int old_segment = store.segment;
  const int old_index = store.index;
  if (const long opened = open_files(store, store.number + 1); opened < 0) return opened;
  kernel::close(old_segment);
  kernel::close(old_index);
  store.size = store.indexed = 0;
  while (store.number - store.oldest + 1 > segments) {
    kernel::unlink_at(store.directory, file_name(kIndexPrefix, store.oldest).get());
    kernel::unlink_at(store.directory, file_name(kSegmentPrefix, store.oldest).get());
    ++store.oldest;
  }
  return 0;
}

}  // namespace orchestrator
