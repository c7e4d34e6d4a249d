// Processes: proc(5) stat, pidfds, clone3(2).
#include "runtime/sys/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string_view>

namespace runtime {

using schemas::ErrorKind;
using schemas::ExitStatus;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

namespace {

struct ProcessStat {
  char state{'?'};
  std::uint64_t start_time{0};
};

// The fields after the last ')': the command's name may hold blanks and brackets itself.
std::optional<ProcessStat> read_stat(std::string_view text) {
  const std::size_t end_of_name = text.rfind(')');
  if (end_of_name == std::string_view::npos) return std::nullopt;
  std::string_view rest = text.substr(end_of_name + 1);
  ProcessStat stat;
  for (int field = 3; field <= 22; ++field) {
    const std::size_t start = rest.find_first_not_of(' ');
    if (start == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(start);
    const std::string_view word = rest.substr(0, rest.find(' '));
    if (field == 3) stat.state = word.front();
    if (field == 22 &&
        std::from_chars(word.data(), word.data() + word.size(), stat.start_time).ec != std::errc{})
      return std::nullopt;
    rest.remove_prefix(word.size());
  }
  return stat;
}

Result<ProcessStat> stat_of(pid_t pid) {
  const std::string path = fmt::format("/proc/{}/stat", pid);
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return os_error(errno, "process {}", pid);
  std::array<char, 1024> text{};
  const ssize_t length = ::read(file.get(), text.data(), text.size());
  if (length < 0 && errno == ESRCH) return fail(ErrorKind::NotFound, "process {} is gone", pid);
  if (length < 0) return os_error(errno, "read {}", path);
  auto stat = read_stat(std::string_view(text.data(), static_cast<std::size_t>(length)));
  if (!stat) return fail(ErrorKind::Invalid, "{} cannot be understood", path);
  return *stat;
}

// struct clone_args (clone(2)); sys/sched headers of glibc 2.36 have none.
struct CloneArguments {
  std::uint64_t flags{0};
  std::uint64_t pidfd{0};
  std::uint64_t child_tid{0};
  std::uint64_t parent_tid{0};
  std::uint64_t exit_signal{0};
  std::uint64_t stack{0};
  std::uint64_t stack_size{0};
  std::uint64_t tls{0};
  std::uint64_t set_tid{0};
  std::uint64_t set_tid_size{0};
  std::uint64_t cgroup{0};
};

constexpr std::uint64_t kCloneIntoCgroup = 0x200000000ULL;

// struct pidfd_info as of its first version (include/uapi/linux/pidfd.h).
struct PidfdReport {
  std::uint64_t mask{0};
  std::uint64_t cgroup{0};
  std::array<std::uint32_t, 11> ids{};
  std::int32_t exit_code{0};
};
constexpr std::uint64_t kPidfdReportExit = 1U << 3U;
constexpr unsigned long kPidfdGetInfo = _IOWR(0xFF, 11, PidfdReport);

}  // namespace

Result<ProcessIdentity> identify(pid_t pid) {
  auto stat = stat_of(pid);
  if (!stat) return pass_up(stat);
  return ProcessIdentity{.pid = pid, .start_time = stat->start_time};
}

std::optional<FileDescriptor> open_process(const ProcessIdentity& identity) {
  if (identity.pid <= 0) return std::nullopt;
  FileDescriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, identity.pid, 0)));
  if (!pidfd) return std::nullopt;
  // Only now, with the pid pinned by the pidfd, does comparing the start time prove anything.
  const auto stat = stat_of(identity.pid);
  if (!stat || stat->start_time != identity.start_time) return std::nullopt;
  if (stat->state == 'Z' || stat->state == 'X' || has_exited(pidfd)) return std::nullopt;
  return pidfd;
}

Result<> send_signal(const FileDescriptor& pidfd, int signal) {
  if (::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0) == 0 || errno == ESRCH)
    return {};
  return os_error(errno, "send signal {}", signal);
}

bool has_exited(const FileDescriptor& pidfd) {
  pollfd watched{pidfd.get(), POLLIN, 0};
  return ::poll(&watched, 1, 0) == 1 && (watched.revents & (POLLIN | POLLHUP)) != 0;
}

std::optional<ExitStatus> exit_status_of(const FileDescriptor& pidfd) {
  PidfdReport report;
  report.mask = kPidfdReportExit;
  if (::ioctl(pidfd.get(), kPidfdGetInfo, &report) < 0) return std::nullopt;
  if ((report.mask & kPidfdReportExit) == 0) return std::nullopt;
  return decode_wait_status(report.exit_code);
}

ExitStatus decode_wait_status(int status) {
  if (WIFEXITED(status)) return {.code = WEXITSTATUS(status)};
  if (WIFSIGNALED(status))
    return {.code = 128 + WTERMSIG(status), .core_dumped = WCOREDUMP(status)};
  return {.code = 255, .known = false};
}

Result<CloneResult> clone_process(const CloneRequest& request) {
  int pidfd = -1;
  CloneArguments arguments;
  arguments.flags = request.flags | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);  // NOLINT: the kernel's ABI
  // clone(2): with CLONE_PARENT the caller's own exit signal is used, and any given here is EINVAL.
  if ((request.flags & CLONE_PARENT) == 0) arguments.exit_signal = SIGCHLD;
  if (request.cgroup != nullptr) {
    arguments.flags |= kCloneIntoCgroup;
    arguments.cgroup = static_cast<std::uint64_t>(request.cgroup->get());
  }
  const long pid = ::syscall(SYS_clone3, &arguments, sizeof(arguments));
  if (pid < 0) return os_error(errno, "clone a process");
  return CloneResult{.pid = static_cast<pid_t>(pid),
                     .pidfd = FileDescriptor(pid == 0 ? -1 : pidfd)};
}

}  // namespace runtime
