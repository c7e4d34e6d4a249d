// Entering the kernel box: unshare, a reaping pid 1, private mounts, lo up; the tests run as pid 2.
#include "tests/support/kernel_box.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace tests {
namespace {

constexpr int kBoxFailed = 70;

// A flock on a descriptor that lives as long as this process and its heirs inside the box.
bool take_turn() {
  const int directory = ::open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return directory >= 0 && ::flock(directory, LOCK_EX) == 0;
}

bool bring_up_loopback() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");  // NOLINT: two letters into sixteen
  request.ifr_flags = IFF_UP;
  const bool up = ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
  ::close(socket);
  return up;
}

bool furnish() {
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0 &&
         ::mount("box", "/mnt", "tmpfs", MS_NOSUID, "mode=1777,size=2g") == 0 &&
         ::setenv("TMPDIR", "/mnt", 1) == 0 && bring_up_loopback();
}

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Pid 1: reaps whatever is orphaned, until the tests (pid 2) are over. Its end kills the rest.
[[noreturn]] void reap_until_end_of(pid_t tests) {
  for (;;) {
    int status = 0;
    const pid_t ended = ::wait(&status);
    if (ended == tests) ::_exit(exit_code_of(status));
    if (ended < 0) ::_exit(kBoxFailed);
  }
}

}  // namespace

KernelBoxResult enter_kernel_box() {
  if (::geteuid() != 0) return {.missing = "root (CAP_SYS_ADMIN, CAP_NET_ADMIN)"};
  if (::prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN) != 1) return {.missing = "CAP_SYS_ADMIN"};
  if (::prctl(PR_CAPBSET_READ, CAP_NET_ADMIN) != 1) return {.missing = "CAP_NET_ADMIN"};
  if (!take_turn()) return {.missing = "a cgroup tree under /sys/fs/cgroup"};
  if (::unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP |
                CLONE_NEWPID) != 0) {
    return {.missing = "unshare(2) of all namespaces"};
  }
  const pid_t reaper = ::fork();
  if (reaper < 0) return {.missing = "a process in a new pid namespace"};
  if (reaper > 0) {
    int status = 0;
    while (::waitpid(reaper, &status, 0) < 0) {
    }
    return {.outcome = KernelBox::Finished, .exit_code = exit_code_of(status)};
  }
  // A killed test program takes its box along: the death of pid 1 kills all that is inside.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!furnish()) ::_exit(kBoxFailed);
  const pid_t tests = ::fork();
  if (tests < 0) ::_exit(kBoxFailed);
  if (tests > 0) reap_until_end_of(tests);
  return {.outcome = KernelBox::Inside};
}

}  // namespace tests
