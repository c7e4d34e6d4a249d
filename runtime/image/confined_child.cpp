// Clones a confined child, and takes its rights away from the inside.
#include "runtime/image/confined_child.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>
#include <vector>

#include "runtime/sys/kernel.hpp"
#include "runtime/sys/process.hpp"

namespace runtime {
namespace {

using schemas::Error;
using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

constexpr std::size_t kLongestReport =
    4096;  // fits in the pipe: the child never waits for a reader
constexpr char kWorked = 'K';

void close_all_but(std::vector<int> keep) {
  std::sort(keep.begin(), keep.end());
  unsigned next = 0;
  for (const int descriptor : keep) {
    const auto number = static_cast<unsigned>(descriptor);
    if (number > next) kernel::close_range(next, number - 1);
    next = number + 1;
  }
  kernel::close_range(next, ~0U);
}

Result<std::string> prepare_and_work(const ConfinedWork& work) {
  // A slave would still see new mounts of the host; private sees and shows none.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0)
    return os_error(errno, "make the mounts private");
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::umask(0);
  return work();
}

// First byte: kWorked, or 'a' + the kind of the error; then the text.
[[noreturn]] void run_child(pid_t parent, int report, std::vector<int> keep,
                            const ConfinedWork& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it died before we asked to be told
  keep.push_back(report);
  close_all_but(std::move(keep));
  auto result = prepare_and_work(work);
  std::string text(1, kWorked);
  if (result) text += *result;
  if (!result)
    text = static_cast<char>('a' + static_cast<int>(result.error().kind())) + result.error().text();
  const std::size_t size = std::min(text.size(), kLongestReport);
  const bool told = ::write(report, text.data(), size) == static_cast<ssize_t>(size);
  ::_exit(told && result ? 0 : 1);
}

Result<std::string> read_report(const FileDescriptor& report) {
  std::array<char, kLongestReport> buffer{};
  std::string text;
  for (;;) {
    const ssize_t length = ::read(report.get(), buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return os_error(errno, "read the report of a child");
    if (length == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(length));
  }
}

}  // namespace

Result<ConfinedChild> begin_confined(std::span<const int> keep, const ConfinedWork& work) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) return os_error(errno, "create a pipe");
  FileDescriptor reading(ends[0]);
  const FileDescriptor writing(ends[1]);
  const pid_t parent = ::getpid();
  auto clone = clone_process({.flags = CLONE_NEWNS | CLONE_NEWNET});
  if (!clone) return pass_up(clone);
  if (clone->pid == 0)
    run_child(parent, writing.get(), std::vector<int>(keep.begin(), keep.end()), work);
  return ConfinedChild{clone->pid, std::move(clone->pidfd), std::move(reading)};
}

Result<std::string> finish_confined(ConfinedChild child) {
  auto report = read_report(child.report);
  siginfo_t ending{};
  while (::waitid(P_PID, static_cast<id_t>(child.pid), &ending, WEXITED) < 0) {
    if (errno != EINTR) return os_error(errno, "wait for a child");
  }
  if (!report) return pass_up(report);
  if (report->empty()) {
    return fail(ErrorKind::Failed, "the child process died ({} {})",
                ending.si_code == CLD_EXITED ? "exit code" : "signal", ending.si_status);
  }
  const char first = report->front();
  std::string text = report->substr(1);
  if (first == kWorked) return text;
  const int kind = std::clamp(first - 'a', 0, static_cast<int>(ErrorKind::Failed));
  return std::unexpected<Error>(Error(static_cast<ErrorKind>(kind), std::move(text)));
}

Result<FileDescriptor> clone_mount(const FileDescriptor& directory) {
  FileDescriptor mount(kernel::open_tree_clone(directory.get(), ".", false));
  if (!mount) return os_error(errno, "clone a mount");
  return mount;
}

Result<> enter_root(const FileDescriptor& mount) {
  if (kernel::move_mount(mount.get(), AT_FDCWD, "/") < 0) return os_error(errno, "attach a mount");
  // pivot_root(2), "." twice: the old root is stacked on the new one and then taken off.
  if (::fchdir(mount.get()) < 0 || kernel::pivot_root(".", ".") < 0)
    return os_error(errno, "make a mount the root");
  if (::umount2(".", MNT_DETACH) < 0 || ::chdir("/") < 0)
    return os_error(errno, "leave the host's root");
  return {};
}

Result<> drop_rights() {
  // SYS_ADMIN is for the trusted.* attributes of overlayfs; its own namespaces confine the rest.
  constexpr std::array<unsigned, 8> kKept{CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH,
                                          CAP_FOWNER,  CAP_FSETID,       CAP_MKNOD,
                                          CAP_SETFCAP, CAP_SYS_ADMIN};
  std::array<__user_cap_data_struct, 2> sets{};
  for (const unsigned capability : kKept) {
    auto& set = sets.at(capability / 32);
    set.effective |= 1U << (capability % 32);
    set.permitted |= 1U << (capability % 32);
  }
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  if (::syscall(SYS_capset, &header, sets.data()) < 0) return os_error(errno, "drop capabilities");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return os_error(errno, "set no_new_privs");
  return {};
}

}  // namespace runtime
