// The keeper's loop: sleeps until something happens, does it, sleeps again.
#include "orchestrator/keeper/keeper.hpp"

#include <errno.h>
#include <sys/prctl.h>

#include "orchestrator/keeper/system_calls.hpp"
#include "orchestrator/keeper/text.hpp"

namespace orchestrator {

namespace {

constexpr int64_t kRetryAfter = 1'000'000'000;  // ns

[[noreturn]] void give_up(long error) {
  KeeperMessage ready = message_of(KeeperVerb::Ready);
  ready.error = static_cast<int32_t>(-error);
  send_parcel(kStarterSocket, ready, nullptr, 0);
  kernel::exit(1);
}

int require(long result) {
  if (result < 0) give_up(result);
  return static_cast<int>(result);
}

// Every signal but SIGKILL and SIGSTOP stays blocked: nobody ends us by accident, and SIGCHLD is
// read from its descriptor.
void shield() {
  kernel::reset_signal_actions();
  kernel::set_signal_mask(~uint64_t{0});
  kernel::process_control(PR_SET_NAME, kernel::address("tutti-keeper"));
  kernel::process_control(PR_SET_DUMPABLE, 0);
  require(kernel::process_control(PR_SET_CHILD_SUBREAPER, 1));
  for (int fd = kStarterSocket; fd < kBirthDescriptors; ++fd)
    require(kernel::control(fd, F_SETFD, FD_CLOEXEC));
  kernel::call(__NR_chdir, kernel::address("/"));
  kernel::call(__NR_umask, 077);
}

// Room for full tables, for us alone: the supervisor gets back what we found.
void raise_descriptor_limit(Respawn& respawn) {
  rlimit limit{};
  require(kernel::limit_descriptors(nullptr, &limit));
  respawn.descriptor_limit_soft = limit.rlim_cur;
  respawn.descriptor_limit_hard = limit.rlim_max;
  limit.rlim_cur = limit.rlim_max;
  kernel::limit_descriptors(&limit, nullptr);
}

void listen(const Keeper& keeper, int fd, Wake wake) {
  require(
      kernel::epoll_control(keeper.epoll, EPOLL_CTL_ADD, fd, EPOLLIN, static_cast<uint64_t>(wake)));
}

void open_all(Keeper& keeper) {
  keeper.epoll = require(kernel::create_epoll());
  keeper.child_signals = require(kernel::create_child_signals());
  keeper.retry_timer = require(kernel::create_timer());
  keeper.respawn.timer = require(kernel::create_timer());
  keeper.respawn.socket = -1;
  require(open_logs(keeper.logs));
  require(open_exit_log(keeper.exits, kRunDirectory));
  listen(keeper, keeper.child_signals, Wake::Exits);
  listen(keeper, keeper.logs.epoll, Wake::Logs);
  listen(keeper, keeper.retry_timer, Wake::RetryTimer);
  listen(keeper, keeper.respawn.timer, Wake::RespawnTimer);
}

KeeperMessage identify_ourselves() {
  KeeperMessage ready = message_of(KeeperVerb::Ready);
  ready.pid = static_cast<int32_t>(kernel::call(__NR_getpid));
  ready.start_time = start_time_of(ready.pid);
  return ready;
}

void write_identity(const KeeperMessage& ourselves) {
  Text<64> text;
  text.add(static_cast<uint64_t>(ourselves.pid)).add(" ").add(ourselves.start_time).add("\n");
  const int file = require(kernel::open_at(kRunDirectory, kIdentityName,
                                           O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
  require(kernel::write(file, text.get(), text.length()));
  kernel::close(file);
}

void read_all(int fd) {
  char bytes[512];  // four signalfd_siginfo, or a timer's count
  while (kernel::read(fd, bytes, sizeof(bytes)) > 0) {
  }
}

void retry(Keeper& keeper) {
  read_all(keeper.retry_timer);
  keeper.retry_armed = false;
  retry_stalled(keeper.logs);
  reap(keeper);
  look_at_all_watched(keeper);
  if (any_stalled(keeper.logs)) try_again_later(keeper);
}

void handle(Keeper& keeper, uint64_t data) {
  if (data >= static_cast<uint64_t>(Wake::Watched))
    return look_at_watched(keeper,
                           static_cast<uint32_t>(data - static_cast<uint64_t>(Wake::Watched)));
  switch (static_cast<Wake>(data)) {
    case Wake::Supervisor:
      obey_supervisor(keeper);
      if (keeper.list_waits) answer_list(keeper);
      return;
    case Wake::Exits:
      read_all(keeper.child_signals);
      return reap(keeper);
    case Wake::Logs:
      // A new run is announced before its first word.
      obey_supervisor(keeper);
      move_ready(keeper.logs);
      if (any_stalled(keeper.logs)) try_again_later(keeper);
      return;
    case Wake::RetryTimer:
      return retry(keeper);
    case Wake::RespawnTimer:
      read_all(keeper.respawn.timer);
      start_supervisor(keeper.respawn);
      return listen_to_supervisor(keeper);
    case Wake::Watched:
      return;
  }
}

}  // namespace

// Not postponed by those who ask again: a busy log must not keep a stalled one waiting.
void try_again_later(Keeper& keeper) {
  if (!keeper.retry_armed) kernel::arm_timer(keeper.retry_timer, kRetryAfter);
  keeper.retry_armed = true;
}

void listen_to_supervisor(Keeper& keeper) {
  if (keeper.respawn.socket < 0) return;
  kernel::epoll_control(keeper.epoll, EPOLL_CTL_ADD, keeper.respawn.socket, EPOLLIN,
                        static_cast<uint64_t>(Wake::Supervisor));
}

void run(Keeper& keeper, char* const* arguments, char* const* environment) {
  keeper.respawn.arguments = arguments;
  keeper.respawn.environment = environment;
  shield();
  raise_descriptor_limit(keeper.respawn);
  open_all(keeper);
  obey_starter(keeper);
  const KeeperMessage ourselves = identify_ourselves();
  write_identity(ourselves);
  start_supervisor(keeper.respawn);
  listen_to_supervisor(keeper);
  send_parcel(kStarterSocket, ourselves, nullptr, 0);
  kernel::close(kStarterSocket);

  while (true) {
    epoll_event events[16];
    const long count = kernel::epoll_wait(keeper.epoll, events, 16, -1);
    for (long i = 0; i < count; ++i) handle(keeper, events[i].data.u64);
  }
}

}  // namespace orchestrator
