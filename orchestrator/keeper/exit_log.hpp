// ExitLog: the exit journal as its only writer sees it (runtime/journal/formats.hpp).
#pragma once

#include <stdint.h>

#include "runtime/journal/formats.hpp"

namespace orchestrator {

struct ExitLog {
  int directory;  // <run>/<project>
  int file;
  uint64_t records;
};

// What is known of one exit.
struct Exit {
  int32_t pid;
  uint64_t start_time;
  int32_t wait_status;
  uint16_t flags;
  int64_t user_time;    // microseconds
  int64_t system_time;  // microseconds
  int64_t peak_memory;  // KiB
};

// Opens or creates the journal and cuts off a torn last record.
long open_exit_log(ExitLog& log, int directory);

// One record by one write. On failure nothing was written: try again later.
long append_exit(ExitLog& log, const Exit& exit);

}  // namespace orchestrator
