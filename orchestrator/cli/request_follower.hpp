// Following one request to its end: events to the printer, signals to the caller.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "orchestrator/cli/log_printer.hpp"
#include "orchestrator/cli/progress_printer.hpp"
#include "orchestrator/cli/signal_queue.hpp"
#include "orchestrator/cli/supervisor_link.hpp"
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

// Whom a request goes to and who follows it.
struct Submission {
  const runtime::StateLayout& layout;
  const schemas::ProjectName& project;
  ProgressPrinter& progress;
  SignalQueue& signals;
  LogPrinter* logs{nullptr};
  schemas::Result<runtime::FileDescriptor> (*connect)(const runtime::StateLayout&,
                                                      const schemas::ProjectName&){
      ensure_supervisor};
};
struct Submitted {
  RequestEnd end;
  std::optional<RunningKeeper> keeper;  // of the supervisor that took the request
};

// Submits until a supervisor takes it: one may be ending under our hands (`down` beside us), or be
// killed before it answers. A request only says what is wanted, so saying it twice does no harm.
[[nodiscard]] schemas::Result<Submitted> submit(const Submission& submission,
                                                const ControlRequest& request);

}  // namespace orchestrator
