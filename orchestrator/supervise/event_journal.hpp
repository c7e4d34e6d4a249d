// EventJournal: every event of a project, on disk for later and to whoever listens now.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "orchestrator/supervise/api.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/event.hpp"

namespace orchestrator {

// events.jsonl: one event a line, appended in one write each; at 4 MiB it becomes events.1.jsonl.
class EventJournal {
 public:
  static schemas::Result<EventJournal> open(const runtime::StateLayout& layout,
                                            const schemas::ProjectName& project);

  // Stamps the event with the time, writes it down and hands it to every listener.
  void tell(schemas::Event event);

  void listen(std::shared_ptr<EventSink> sink) { sinks_.push_back(std::move(sink)); }
  // Ends one listener's stream with this event.
  void settle(const std::shared_ptr<EventSink>& sink, std::string failure);

 private:
  EventJournal(runtime::FileDescriptor directory, runtime::FileDescriptor file)
      : directory_(std::move(directory)), file_(std::move(file)) {}

  runtime::FileDescriptor directory_;
  runtime::FileDescriptor file_;
  std::vector<std::shared_ptr<EventSink>> sinks_;
};

}  // namespace orchestrator
