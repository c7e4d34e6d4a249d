// Appending events and handing them on.
#include "orchestrator/supervise/event_journal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "runtime/sys/clock.hpp"
#include "runtime/sys/files.hpp"

namespace orchestrator {

using schemas::Event;
using schemas::Result;

namespace {

constexpr const char* kFile = "events.jsonl";
constexpr const char* kOldFile = "events.1.jsonl";
constexpr off_t kLimit = 4 << 20;  // bytes

runtime::FileDescriptor open_file(const runtime::FileDescriptor& directory) {
  return runtime::FileDescriptor(::openat(
      directory.get(), kFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
}

}  // namespace

Result<EventJournal> EventJournal::open(const runtime::StateLayout& layout,
                                        const schemas::ProjectName& project) {
  auto directory = runtime::ensure_directory(layout.project(project), 0700);
  if (!directory) return pass_up(directory, "open the event journal");
  runtime::FileDescriptor file = open_file(*directory);
  if (!file) return schemas::os_error(errno, "open {}", kFile);
  return EventJournal(std::move(*directory), std::move(file));
}

void EventJournal::tell(Event event) {
  event.time = runtime::wall_now();
  const std::string line = schemas::write_json(schemas::write_event(event)) + "\n";
  // The journal is for looking back; a full disk must not stop the work that it tells of.
  static_cast<void>(!::write(file_.get(), line.data(), line.size()));
  struct stat size {};
  if (::fstat(file_.get(), &size) == 0 && size.st_size > kLimit) {
    ::renameat(directory_.get(), kFile, directory_.get(), kOldFile);
    if (runtime::FileDescriptor fresh = open_file(directory_)) file_ = std::move(fresh);
  }
  std::erase_if(sinks_, [](const auto& sink) { return !sink->open(); });
  for (const auto& sink : sinks_) sink->send(event);
}

void EventJournal::settle(const std::shared_ptr<EventSink>& sink, std::string failure) {
  Event event{.kind = schemas::EventKind::Settled, .time = runtime::wall_now()};
  event.text = std::move(failure);
  sink->send(event);
  sink->close();
  std::erase(sinks_, sink);
}

}  // namespace orchestrator
