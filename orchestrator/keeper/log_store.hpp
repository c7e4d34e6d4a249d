// LogStore: one container's log directory as its only writer sees it (runtime/journal/formats.hpp).
#pragma once

#include <stdint.h>

namespace orchestrator {

enum class Run : uint8_t { New, Resumed };

// Both files are written at known places: `size` bytes are in the segment, the first `indexed` of
// them have entries. What lies between is one burst, of which the entry is still to be written.
struct LogStore {
  int directory;  // our own open description, flocked: one writer, whatever happens
  int segment;
  int index;
  uint32_t number;  // of the segment that is written
  uint32_t oldest;  // segment that is kept
  uint64_t size;
  uint64_t indexed;
  int64_t burst_time;  // of the burst without an entry
  uint8_t burst_stream;
  uint8_t burst_flags;
  bool open;
};

// Locks the directory and goes on where the last writer stopped. -EWOULDBLOCK: another writer
// lives.
long open_store(LogStore& store, int directory, Run run);
void close_store(LogStore& store);

// Writes the entry that is still to be written, if there is one.
long write_entry(LogStore& store);

// Moves what the FIFO holds; the number of bytes, -EAGAIN when it is empty.
long move_burst(LogStore& store, int fifo, uint8_t stream);

// Begins the next segment and deletes the oldest ones beyond `segments`.
long rotate(LogStore& store, uint32_t segments);

}  // namespace orchestrator
