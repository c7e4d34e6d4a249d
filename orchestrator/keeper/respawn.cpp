// Starts supervisors: at once after a long life, ever later after short ones.
#include "orchestrator/keeper/respawn.hpp"

#include "orchestrator/keeper/system_calls.hpp"

namespace orchestrator {

namespace {

constexpr int64_t kMillisecond = 1'000'000;

[[noreturn]] void become_supervisor(const Respawn& respawn, int socket) {
  if (socket == kKeeperSocket)
    kernel::control(socket, F_SETFD, 0);
  else
    kernel::duplicate_to(socket, kKeeperSocket);
  rlimit limit{};
  limit.rlim_cur = respawn.descriptor_limit_soft;
  limit.rlim_max = respawn.descriptor_limit_hard;
  kernel::limit_descriptors(&limit, nullptr);
  kernel::set_signal_mask(0);
  kernel::execute(kSupervisorBinary, respawn.arguments, respawn.environment);
  kernel::exit(127);
}

void start_later(Respawn& respawn) {
  respawn.delay = respawn.delay == 0 ? respawn.first_delay : respawn.delay * 2;
  if (respawn.delay > respawn.longest_delay) respawn.delay = respawn.longest_delay;
  kernel::arm_timer(respawn.timer, respawn.delay > 0 ? respawn.delay : 1);
}

}  // namespace

void set_delays(Respawn& respawn, const KeeperMessage& begin) {
  respawn.settled_after = begin.settled_after * kMillisecond;
  respawn.first_delay = begin.first_delay * kMillisecond;
  respawn.longest_delay = begin.longest_delay * kMillisecond;
}

void start_supervisor(Respawn& respawn) {
  int ends[2];
  respawn.started = kernel::now(CLOCK_MONOTONIC);
  if (kernel::create_socket_pair(ends) < 0) return start_later(respawn);
  const long pid = kernel::fork();
  if (pid == 0) become_supervisor(respawn, ends[1]);
  kernel::close(ends[1]);
  if (pid < 0) {
    kernel::close(ends[0]);
    return start_later(respawn);
  }
  respawn.pid = static_cast<int32_t>(pid);
  respawn.socket = ends[0];
}

void bury_supervisor(Respawn& respawn) {
  kernel::close(respawn.socket);
  respawn.socket = -1;
  respawn.pid = 0;
  if (kernel::now(CLOCK_MONOTONIC) - respawn.started <= respawn.settled_after)
    return start_later(respawn);
  respawn.delay = 0;
  start_supervisor(respawn);
}

}  // namespace orchestrator
