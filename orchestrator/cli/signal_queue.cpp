// signalfd(2) with the matching mask.
#include "orchestrator/cli/signal_queue.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace orchestrator {

schemas::Result<SignalQueue> SignalQueue::open(std::initializer_list<int> signals) {
  sigset_t set{};
  ::sigemptyset(&set);
  for (const int signal : signals) ::sigaddset(&set, signal);
  if (::sigprocmask(SIG_BLOCK, &set, nullptr) < 0) {
    return schemas::os_error(errno, "block signals");
  }
  runtime::FileDescriptor descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor) return schemas::os_error(errno, "open a signalfd");
  return SignalQueue(std::move(descriptor));
}

std::optional<int> SignalQueue::take() {
  signalfd_siginfo taken{};
  if (::read(descriptor_.get(), &taken, sizeof(taken)) != sizeof(taken)) return std::nullopt;
  return static_cast<int>(taken.ssi_signo);
}

UnblockedSignals::UnblockedSignals() {
  sigset_t none{};
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, &before_);
}

UnblockedSignals::~UnblockedSignals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace orchestrator
