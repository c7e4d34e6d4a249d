// An event is only a reason to look again: who has ended is read from the records.
#include "orchestrator/cli/log_session.hpp"

#include <poll.h>

#include <array>
#include <cerrno>
#include <set>

#include "orchestrator/cli/ps_view.hpp"
#include "orchestrator/cli/report.hpp"
#include "orchestrator/cli/supervisor_link.hpp"
#include "orchestrator/reconcile/action.hpp"
#include "orchestrator/world/observe_project.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerName;
using schemas::ErrorKind;
using schemas::Result;

class Session {
 public:
  explicit Session(const LogSession& session) : session_(session) {}

  Result<std::optional<int>> run() {
    for (;;) {
      auto alive = look();
      if (!alive) return pass_up(alive);
      if (auto printed = session_.logs.print(); !printed) return pass_up(printed);
      tell_ended();
      if (!*alive) {
        session_.logs.print_unfinished();
        return std::optional<int>{};
      }
      auto signal = wait();
      if (!signal || *signal) return signal;
    }
  }

 private:
  // Whether any chosen container may still write something.
  Result<bool> look() {
    // The stream first, the look second: what happens in between is told by the stream.
    if (auto watching = ensure_watching(); !watching) return pass_up(watching);
    auto observed = observe_containers(session_.layout, session_.project);
    if (!observed) return pass_up(observed);
    bool alive = false;
    for (const auto& [name, status] : *observed) {
      if (!session_.chosen(status)) continue;
      session_.logs.add(name, std::nullopt);
      if (!has_ended_for_good(status)) alive = true;
    }
    return alive;
  }

  Result<> ensure_watching() {
    if (events_ || !supervised_) return {};
    auto socket = await_supervisor(session_.layout, session_.project);
    if (!socket && socket.error().kind() == ErrorKind::NotFound) {
      supervised_ = false;  // the records alone tell, as long as nobody starts a supervisor
      return {};
    }
    if (!socket) return pass_up(socket);
    auto call = ApiCall::begin(std::move(*socket), ControlRequest{WatchRequest{}});
    if (!call) return pass_up(call);
    events_ = std::move(*call);
    while (!events_->accepted()) {
      pollfd wait{events_->descriptor().get(), POLLIN, 0};
      if (::poll(&wait, 1, -1) < 0 && errno != EINTR) {
        return schemas::os_error(errno, "wait for the supervisor");
      }
      if (!read_events()) break;
    }
    return {};
  }

  bool read_events() {
    auto state = events_->read([this](const schemas::Event& event) {
      if (event.kind != schemas::EventKind::State || !event.text.starts_with("exited")) return;
      ended_.push_back(display_name(ContainerName(event.subject), session_.project) + " " +
                       event.text + "\n");
    });
    if (state && *state == ApiCall::State::Open) return true;
    events_.reset();  // it died, or ended in good order: whichever, look again
    return false;
  }

  // After the container's last words.
  void tell_ended() {
    for (const auto& line : ended_) print(line);
    ended_.clear();
  }

  // Until there is a reason to look again; prints meanwhile.
  Result<std::optional<int>> wait() {
    for (;;) {
      std::array<pollfd, 3> waits{{{session_.signals.descriptor().get(), POLLIN, 0},
                                   {session_.logs.descriptor().get(), POLLIN, 0},
                                   {events_ ? events_->descriptor().get() : -1, POLLIN, 0}}};
      if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) {
        return schemas::os_error(errno, "wait for the logs");
      }
      if (const auto signal = session_.signals.take()) return signal;
      if (waits[1].revents != 0) {
        if (auto printed = session_.logs.print(); !printed) return pass_up(printed);
      }
      if (events_ && waits[2].revents != 0) {
        (void)read_events();
        return std::optional<int>{};
      }
    }
  }

  const LogSession& session_;
  std::optional<ApiCall> events_;
  bool supervised_{true};
  std::vector<std::string> ended_;
};

}  // namespace

Result<std::optional<int>> follow_logs(const LogSession& session) { return Session(session).run(); }

}  // namespace orchestrator
