// Appends exit records: one O_APPEND write each, so that a kill leaves a whole record or none.
#include "orchestrator/keeper/exit_log.hpp"

#include <errno.h>

#include "orchestrator/keeper/protocol.hpp"
#include "orchestrator/keeper/system_calls.hpp"

namespace orchestrator {

using runtime::ExitRecord;

namespace {

// The run directory is in memory: a container that crashes for weeks must not fill it.
void make_room(ExitLog& log) {
  if (log.records < runtime::kExitJournalRecords) return;
  if (kernel::rename_at(log.directory, kExitsName, kOldExitsName) < 0) return;
  const int old = log.file;
  if (open_exit_log(log, log.directory) == 0)
    kernel::close(old);
  else
    log.file = old;  // goes on at the end of the renamed one
}

}  // namespace

long open_exit_log(ExitLog& log, int directory) {
  const long file =
      kernel::open_at(directory, kExitsName, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
  if (file < 0) return file;
  const long size = kernel::file_size(static_cast<int>(file));
  if (size < 0) return size;
  log.directory = directory;
  log.file = static_cast<int>(file);
  log.records = static_cast<uint64_t>(size) / sizeof(ExitRecord);
  return kernel::truncate(log.file, log.records * sizeof(ExitRecord));
}

long append_exit(ExitLog& log, const Exit& exit) {
  make_room(log);
  ExitRecord record{};
  record.magic = runtime::kExitMagic;
  record.version = runtime::kExitVersion;
  record.flags = exit.flags;
  record.pid = exit.pid;
  record.wait_status = exit.wait_status;
  record.start_time = exit.start_time;
  record.sequence = log.records + 1;
  record.boot_time = kernel::now(CLOCK_BOOTTIME);
  record.wall_time = kernel::now(CLOCK_REALTIME);
  record.user_time = exit.user_time;
  record.system_time = exit.system_time;
  record.peak_memory = exit.peak_memory;
  record.checksum = runtime::checksum_of(record);
  const long written = kernel::write(log.file, &record, sizeof(record));
  if (written == sizeof(record)) {
    ++log.records;
    return 0;
  }
  if (written >= 0) kernel::truncate(log.file, log.records * sizeof(record));
  return written < 0 ? written : -ENOSPC;
}

}  // namespace orchestrator
