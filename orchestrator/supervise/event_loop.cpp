// Asio behind EventLoop: descriptors by async_wait, the deadline by a timer.
#include "orchestrator/supervise/event_loop.hpp"

#include <chrono>
#include <list>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/sys/clock.hpp"

namespace orchestrator {
namespace asio = boost::asio;

namespace {

// One watched descriptor. It is armed anew by the next wait(), not by its handler: what it says may
// stay readable until the look that follows, and would be called again for ever.
struct Watch {
  Watch(asio::io_context& context, int number, std::function<void()> handler)
      : descriptor(context, number), on_readable(std::move(handler)) {}
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() { static_cast<void>(descriptor.release()); }  // its owner closes it

  void arm() {
    if (std::exchange(armed, true)) return;
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                          [this](const boost::system::error_code& error) {
                            if (error) return;
                            armed = false;
                            on_readable();
                          });
  }

  asio::posix::stream_descriptor descriptor;
  std::function<void()> on_readable;
  bool armed{false};
};

}  // namespace

struct EventLoop::State {
  asio::io_context context{1};
  // Without work run_one() would return at once, for ever.
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::list<Watch> watches;
  asio::steady_timer timer{context};
};

EventLoop::EventLoop() : state_(std::make_unique<State>()) {}
EventLoop::~EventLoop() = default;

asio::io_context& EventLoop::context() { return state_->context; }

void EventLoop::watch(int descriptor, std::function<void()> on_readable) {
  state_->watches.emplace_back(state_->context, descriptor, std::move(on_readable));
}

void EventLoop::wait(std::optional<schemas::Instant> deadline) {
  for (Watch& watch : state_->watches) watch.arm();
  bool due = false;
  if (deadline) {
    state_->timer.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        *deadline - runtime::boot_now()));
    state_->timer.async_wait([&due](const boost::system::error_code& error) {
      if (!error) due = true;
    });
  }
  while (!woken_ && !due) state_->context.run_one();
  state_->timer.cancel();
  state_->context.poll();  // also the cancelled timer's handler, which refers to `due`
  woken_ = false;
}

}  // namespace orchestrator
