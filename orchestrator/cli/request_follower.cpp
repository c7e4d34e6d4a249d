// One poll(2) over the answer, the signals and the logs.
#include "orchestrator/cli/request_follower.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <optional>

namespace orchestrator {

using schemas::Result;

Result<RequestEnd> follow_request(runtime::FileDescriptor socket, const ControlRequest& request,
                                  ProgressPrinter& progress, SignalQueue& signals,
                                  LogPrinter* logs) {
  auto call = ApiCall::begin(std::move(socket), request);
  if (!call) return pass_up(call);
  std::optional<SettledRequest> settled;
  const auto on_event = [&progress, &settled](const schemas::Event& event) {
    if (event.kind == schemas::EventKind::Settled) settled = SettledRequest{event.text};
    progress.take(event);
  };
  for (;;) {
    std::array<pollfd, 3> waits{{{call->descriptor().get(), POLLIN, 0},
                                 {signals.descriptor().get(), POLLIN, 0},
                                 {logs != nullptr ? logs->descriptor().get() : -1, POLLIN, 0}}};
    const int ready = ::poll(waits.data(), waits.size(), progress.patience());
    if (ready < 0 && errno != EINTR) return schemas::os_error(errno, "wait for the supervisor");
    if (ready == 0) progress.tick();
    if (const auto signal = signals.take()) return RequestEnd{Interrupted{*signal}};
    if (logs != nullptr && waits[2].revents != 0) {
      if (auto printed = logs->print(); !printed) return pass_up(printed);
    }
    if (waits[0].revents == 0) continue;
    auto state = call->read(on_event);
    if (settled) return RequestEnd{*settled};
    if (!state) return pass_up(state);
    if (*state == ApiCall::State::Ended) {
      return schemas::fail(schemas::ErrorKind::Failed,
                           "the supervisor ended its answer without a result");
    }
  }
}

}  // namespace orchestrator
