// Following the logs of a project that lives: containers come, go and end; for `up` and `logs -f`.
#pragma once

#include <functional>
#include <optional>

#include "orchestrator/cli/log_printer.hpp"
#include "orchestrator/cli/signal_queue.hpp"
#include "orchestrator/supervise/api_client.hpp"
#include "schemas/vocabulary/status.hpp"

namespace orchestrator {

struct LogSession {
  const runtime::StateLayout& layout;
  const schemas::ProjectName& project;
  LogPrinter& logs;
  SignalQueue& signals;
  std::function<bool(const schemas::ContainerStatus&)> chosen;  // which containers
};

// Prints until every chosen container has ended for good (nothing), or a signal comes (its number).
// Containers that appear are followed from their first line.
[[nodiscard]] schemas::Result<std::optional<int>> follow_logs(const LogSession& session);

}  // namespace orchestrator
