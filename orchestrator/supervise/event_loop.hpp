// EventLoop: the one io_context of the supervisor, with a plain face: watch descriptors, wait for a
// wake-up.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "schemas/vocabulary/quantities.hpp"

namespace boost::asio {
class io_context;
}

namespace orchestrator {

// Single-threaded. Handlers (API, DNS, watched descriptors) run inside wait(); whichever of them
// changes what must be looked at calls wake().
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // For the servers that bring their own asynchronous operations.
  [[nodiscard]] boost::asio::io_context& context();

  // Calls `on_readable` each time the descriptor is readable; it must then drain it. The descriptor
  // stays its owner's and must outlive the loop.
  void watch(int descriptor, std::function<void()> on_readable);

  // "Look again": ends the current or the next wait().
  void wake() { woken_ = true; }

  // Runs handlers until wake() was called or the deadline (CLOCK_BOOTTIME) has passed, then every
  // handler that is ready too: wake-ups that are due together are one look.
  void wait(std::optional<schemas::Instant> deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
  bool woken_{false};
};

}  // namespace orchestrator
