// Reads exit records; a journal is at most a megabyte, so it is read from its beginning.
#include "runtime/journal/exit_journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include "runtime/journal/formats.hpp"
#include "runtime/sys/file_descriptor.hpp"

namespace runtime {

using schemas::ExitStatus;

namespace {

bool is_valid(const ExitRecord& record) {
  return record.magic == kExitMagic && record.version == kExitVersion &&
         record.checksum == checksum_of(record);
}

ExitedProcess decode(const ExitRecord& record) {
  ExitStatus status = decode_wait_status(record.wait_status);
  if ((record.flags & kExitUnknown) != 0) status = ExitStatus{.code = 255, .known = false};
  return {.status = status,
          .wall_time = schemas::WallTime(std::chrono::nanoseconds(record.wall_time)),
          .boot_time = schemas::Instant(std::chrono::nanoseconds(record.boot_time))};
}

// The earliest record counts: a later one is a duplicate, written by the next keeper when one died
// between writing and reaping, and it may know less.
std::optional<ExitedProcess> read_exit_of(const std::string& path, const ProcessIdentity& process) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat facts {};
  if (!file || ::fstat(file.get(), &facts) < 0 || !S_ISREG(facts.st_mode)) return std::nullopt;

  std::array<ExitRecord, 128> records;
  for (off_t offset = 0;;) {
    const ssize_t length = ::pread(file.get(), records.data(), sizeof(records), offset);
    if (length < static_cast<ssize_t>(sizeof(ExitRecord))) return std::nullopt;
    // A last record that is not complete is not counted, and so never looked at.
    const std::size_t count = static_cast<std::size_t>(length) / sizeof(ExitRecord);
    for (const ExitRecord& record : std::span(records).first(count))
      if (is_valid(record) && record.pid == process.pid && record.start_time == process.start_time)
        return decode(record);
    offset += static_cast<off_t>(count * sizeof(ExitRecord));
  }
}

}  // namespace

std::optional<ExitedProcess> read_exit(const std::string& path, const ProcessIdentity& process) {
  if (auto found = read_exit_of(path + ".1", process)) return found;
  return read_exit_of(path, process);
}

}  // namespace runtime
