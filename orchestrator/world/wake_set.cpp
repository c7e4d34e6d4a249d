// epoll(7) as a set of wake-ups.
#include "orchestrator/world/wake_set.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>

namespace orchestrator {

using schemas::Result;

Result<WakeSet> WakeSet::open() {
  runtime::FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return schemas::os_error(errno, "create the wake-up set");
  return WakeSet(std::move(epoll));
}

Result<> WakeSet::watch(const runtime::FileDescriptor& descriptor, Wake wake) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor.get();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor.get(), &event) < 0) {
    return schemas::os_error(errno, "watch descriptor of {}", wake.subject);
  }
  wakes_[descriptor.get()] = std::move(wake);
  return {};
}

void WakeSet::forget(const runtime::FileDescriptor& descriptor) {
  if (!descriptor || wakes_.erase(descriptor.get()) == 0) return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor.get(), nullptr);
}

std::vector<Wake> WakeSet::drain() {
  std::array<epoll_event, 256> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  std::vector<Wake> ready;
  for (int i = 0; i < count; ++i) {
    const auto found = wakes_.find(events[static_cast<std::size_t>(i)].data.fd);
    if (found != wakes_.end()) ready.push_back(found->second);
  }
  return ready;
}

}  // namespace orchestrator
