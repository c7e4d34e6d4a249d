// One poll(2) over the answer, the signals and the logs.
#include "orchestrator/cli/request_follower.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <optional>

namespace orchestrator {

using schemas::ErrorKind;
using schemas::pass_up;
using schemas::Result;

namespace {

constexpr int kAttempts = 4;  // at a supervisor that was just ending

}  // namespace

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
      return schemas::fail(ErrorKind::Failed, "the supervisor ended its answer without a result");
    }
  }
}

Result<Submitted> submit(const Submission& submission, const ControlRequest& request) {
  for (int attempt = 1;; ++attempt) {
    auto socket = submission.connect(submission.layout, submission.project);
    if (!socket) return pass_up(socket);
    auto keeper = find_keeper(submission.layout, submission.project);
    auto end = follow_request(std::move(*socket), request, submission.progress, submission.signals,
                              submission.logs);
    if (end) return Submitted{*end, std::move(keeper)};
    const ErrorKind kind = end.error().kind();
    const bool may_be_taken = kind == ErrorKind::Busy || kind == ErrorKind::Failed;
    if (attempt == kAttempts || !may_be_taken) return pass_up(end);
    if (kind == ErrorKind::Busy) {
      auto ended = await_end(submission.layout, submission.project, keeper);
      if (!ended) return pass_up(ended);
    }
  }
}

}  // namespace orchestrator
