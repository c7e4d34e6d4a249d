// The bytes of the exit journal and of the log index: what the keeper writes and everybody reads.
//
//   <run>/<project>/exits     ExitRecord, ExitRecord, ...   128 bytes each, appended by one write
//   <run>/<project>/exits.1   the records before those; the journal is renamed when it is full
//
//   <log directory>/segment.7   what the container wrote, both streams, in the order of arrival
//   <log directory>/index.7     LogIndexEntry, LogIndexEntry, ...   one for each burst of segment.7
//
// Included by the freestanding keeper too, so it knows the compiler's own headers only. Integers
// are in the machine's byte order: these files never leave the machine.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace runtime {

inline constexpr uint32_t kExitMagic = 0x54495845;  // "EXIT"
inline constexpr uint16_t kExitVersion = 1;
inline constexpr uint16_t kExitUnknown = 1;  // ExitRecord::flags: nobody could see the status

// One process that ended.
struct ExitRecord {
  uint32_t magic;
  uint16_t version;
  uint16_t flags;
  int32_t pid;
  int32_t wait_status;   // as wait(2) encodes it, core bit included
  uint64_t start_time;   // proc(5) field 22
  uint64_t sequence;     // counts up by one in a journal; a duplicate repeats pid and start time
  int64_t boot_time;     // CLOCK_BOOTTIME, nanoseconds
  int64_t wall_time;     // CLOCK_REALTIME, nanoseconds
  int64_t user_time;     // CPU time used, microseconds
  int64_t system_time;   // microseconds
  int64_t peak_memory;   // ru_maxrss, KiB
  uint8_t reserved[52];  // zero
  uint32_t checksum;     // of all bytes before it
};
static_assert(sizeof(ExitRecord) == 128);

// A journal of this many records is renamed to ".1" before the next one is written.
inline constexpr uint64_t kExitJournalRecords = 8192;

inline constexpr uint8_t kLogStdout = 1;
inline constexpr uint8_t kLogStderr = 2;

inline constexpr uint8_t kLogRecovered = 1;  // found without an entry after a crash: time and
                                             // stream are guesses
inline constexpr uint8_t kLogBreak = 2;  // length 0: a new run begins, unfinished lines end here

// One burst of one stream: `length` bytes at `offset` of the segment. 128 of them fill a page
// exactly, so none is ever torn by a full disk.
struct LogIndexEntry {
  uint64_t offset;
  int64_t wall_time;  // CLOCK_REALTIME, nanoseconds
  uint32_t length;
  uint32_t segment;
  uint8_t stream;
  uint8_t flags;
  uint16_t reserved;  // zero
  uint32_t checksum;  // of all bytes before it
};
static_assert(sizeof(LogIndexEntry) == 32);

inline constexpr char kSegmentPrefix[] = "segment.";
inline constexpr char kIndexPrefix[] = "index.";

// FNV-1a: finds torn and foreign bytes; it is no protection against anybody.
[[nodiscard]] constexpr uint32_t checksum_of(const unsigned char* bytes, size_t count) {
  uint32_t sum = 2166136261U;
  for (size_t i = 0; i < count; ++i) sum = (sum ^ bytes[i]) * 16777619U;
  return sum;
}

template <typename Record>
[[nodiscard]] uint32_t checksum_of(const Record& record) {
  static_assert(offsetof(Record, checksum) + sizeof(uint32_t) == sizeof(Record));
  return checksum_of(reinterpret_cast<const unsigned char*>(&record), offsetof(Record, checksum));
}

}  // namespace runtime
