// Following one request to its end: events to the printer, signals to the caller.
#pragma once

#include <string>
#include <variant>

#include "orchestrator/cli/log_printer.hpp"
#include "orchestrator/cli/progress_printer.hpp"
#include "orchestrator/cli/signal_queue.hpp"
#include "orchestrator/supervise/api_client.hpp"

namespace orchestrator {

// The supervisor has done what it was asked for, or says why not.
struct SettledRequest {
  std::string failure;  // empty: all is well
};
// The user wants something else now; the request itself goes on in the supervisor.
struct Interrupted {
  int signal{0};
};
using RequestEnd = std::variant<SettledRequest, Interrupted>;

// Sends the request and returns at its Settled event or at the first signal. Logs, if given, are
// printed meanwhile. A refusal keeps its kind; a supervisor that went away is Failed.
[[nodiscard]] schemas::Result<RequestEnd> follow_request(runtime::FileDescriptor socket,
                                                         const ControlRequest& request,
                                                         ProgressPrinter& progress,
                                                         SignalQueue& signals, LogPrinter* logs);

}  // namespace orchestrator
