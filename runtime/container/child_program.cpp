// The last steps of a start and of an exec: privileges, directory, gate, execve.
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "runtime/container/capabilities.hpp"
#include "runtime/container/child.hpp"
#include "runtime/container/child_report.hpp"
#include "runtime/sys/kernel.hpp"

namespace runtime {

namespace {

// Everything but the streams and what the last steps need is really closed, not only at exec.
void close_the_rest(const ProgramOrders& orders) noexcept {
  std::array<int, 3> kept{orders.report, orders.go, orders.init_program};
  std::sort(kept.begin(), kept.end());
  close_all_but(kept);
}

// exec keeps ignored signals and the mask; a program must begin with neither.
void reset_signals() noexcept {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// What the supervisor raised for itself is not for programs: with select(2) a number above 1023 is
// fatal, and some close every number that they may have.
void restore_descriptor_limit(const ProgramOrders& orders) noexcept {
  if (orders.descriptor_limit == 0) return;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = std::min<rlim_t>(orders.descriptor_limit, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void enter_working_directory(const ProgramOrders& orders) noexcept {
  const char* path = orders.program.working_directory.c_str();
  // Not chdir(2): "/proc/self/fd/7" may be a directory of the host (CVE-2024-21626).
  const int directory =
      kernel::openat2(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0, kernel::kResolveNoMagiclinks);
  if (directory < 0 || ::fchdir(directory) < 0)
    report_and_exit(orders.report, ChildStep::WorkingDirectory, path);
  ::close(directory);
}

void drop_bounding_set(const ProgramOrders& orders) noexcept {
  for (int number = 0; number < 64; ++number) {
    if ((orders.program.capabilities >> number & 1U) != 0) continue;
    if (::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0) continue;
    if (errno == EINVAL) return;  // past the last capability of this kernel
    report_and_exit(orders.report, ChildStep::Privileges, "capabilities");
  }
}

void load_filter(const ProgramOrders& orders) noexcept {
  static_assert(sizeof(FilterInstruction) == sizeof(sock_filter));
  struct {
    unsigned short length;
    const FilterInstruction* instructions;
  } program{static_cast<unsigned short>(orders.filter.size()), orders.filter.data()};
  if (kernel::seccomp_load(&program, 0) < 0) report_and_exit(orders.report, ChildStep::Seccomp, "");
}

// Raw calls: glibc's would also look for other threads, which a clone does not have.
void become_user(const ProgramOrders& orders) noexcept {
  const ProcessUser& user = orders.program.user;
  if (::syscall(SYS_setgroups, user.groups.size(), user.groups.data()) < 0 ||
      ::syscall(SYS_setresgid, user.gid, user.gid, user.gid) < 0 ||
      ::syscall(SYS_setresuid, user.uid, user.uid, user.uid) < 0)
    report_and_exit(orders.report, ChildStep::Privileges, "user");
}

// Inheritable and ambient stay empty (CVE-2022-24769); another user than root has none at all.
void set_capabilities(const ProgramOrders& orders) noexcept {
  const std::uint64_t set = orders.program.user.uid == 0 ? orders.program.capabilities : 0;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets{};
  sets[0].effective = sets[0].permitted = static_cast<std::uint32_t>(set);
  sets[1].effective = sets[1].permitted = static_cast<std::uint32_t>(set >> 32U);
  if (::syscall(SYS_capset, &header, sets.data()) < 0)
    report_and_exit(orders.report, ChildStep::Privileges, "capabilities");
}

// The kernel looks this far into a script, and follows interpreters this often (binfmts.h, exec.c).
constexpr std::size_t kScriptHead = 256;
constexpr int kInterpreters = 4;

bool is_blank(char letter) noexcept { return letter == ' ' || letter == '\t'; }

// Makes `head` begin with the path after "#!" and end behind it; nullptr when it is no script.
const char* find_interpreter(std::array<char, kScriptHead + 1>& head) noexcept {
  if (head[0] != '#' || head[1] != '!') return nullptr;
  std::size_t first = 2;
  while (is_blank(head.at(first))) ++first;
  std::size_t end = first;
  while (head.at(end) != '\0' && head.at(end) != '\n' && !is_blank(head.at(end))) ++end;
  head.at(end) = '\0';
  return end > first ? &head.at(first) : nullptr;
}

// False when a script at `path` is run by something behind a magic link: "#!/proc/self/exe" would
// be our own binary. Anything else that is wrong with it execve(2) will say. Who may not read the
// script cannot be told; that we run from a read-only mount is the other wall (open_own_binary).
bool has_honest_interpreter(const char* path) noexcept {
  std::array<char, kScriptHead + 1> head{};
  for (int level = 0; level <= kInterpreters; ++level) {
    const int file = kernel::openat2(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0,
                                     kernel::kResolveNoMagiclinks);
    if (file < 0) return errno != ELOOP;
    head.fill('\0');
    const ssize_t length = ::read(file, head.data(), kScriptHead);
    ::close(file);
    path = length > 2 ? find_interpreter(head) : nullptr;
    if (path == nullptr) return true;
  }
  return true;  // too deep: ELOOP of execve(2)
}

// Zero when `path` is a regular file to run, and neither it nor its interpreter is reached through
// /proc's magic links (CVE-2019-5736: what leads to /proc/self/exe would be our own binary).
int check_candidate(const char* path) noexcept {
  const int file = kernel::openat2(AT_FDCWD, path, O_PATH, 0, kernel::kResolveNoMagiclinks);
  if (file < 0) return errno;
  struct stat status {};
  int error = 0;
  if (::fstat(file, &status) < 0)
    error = errno;
  else if (!S_ISREG(status.st_mode))
    error = S_ISDIR(status.st_mode) ? EISDIR : EACCES;
  ::close(file);
  if (error == 0 && ::faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0) error = errno;
  if (error == 0 && !has_honest_interpreter(path)) error = ELOOP;
  return error;
}

// The first candidate that can be run; a found but forbidden one is only the last resort's reason.
const char* find_program(const ProgramOrders& orders) noexcept {
  int reason = ENOENT;
  for (const std::string& candidate : orders.program.candidates) {
    const int error = check_candidate(candidate.c_str());
    if (error == 0) return candidate.c_str();
    if (error != ENOENT && error != ENOTDIR) reason = error;
  }
  errno = reason;
  report_and_exit(orders.report, ChildStep::Execute, orders.program.arguments.front().c_str(),
                  orders.searched);
}

void wait_at_gate(const ProgramOrders& orders) noexcept {
  if (orders.go < 0) return;
  char byte = 0;
  ssize_t length = -1;
  do length = ::read(orders.go, &byte, 1);
  while (length < 0 && errno == EINTR);
  // End of file: whoever started us died before the record of us was written.
  if (length != 1) ::_exit(125);
}

}  // namespace

ProgramOrders::ProgramOrders(const PlannedProgram& planned, const FilterProgram& filter_program)
    : program(planned), filter(filter_program) {
  if (planned.init) arguments = {"tutti-init", nullptr};  // the path comes when it is found
  for (const std::string& argument : planned.arguments) arguments.push_back(argument.c_str());
  arguments.push_back(nullptr);
  for (const std::string& variable : planned.environment) {
    environment.push_back(variable.c_str());
    if (variable.starts_with("PATH=") && planned.arguments.front().find('/') == std::string::npos)
      searched = variable.c_str() + 5;  // NOLINT: behind the '='
  }
  environment.push_back(nullptr);
}

void close_all_but(std::span<const int> kept) noexcept {
  unsigned first = 3;
  for (const int number : kept) {
    const auto keep = static_cast<unsigned>(number);
    if (number < 0 || keep < first) continue;
    if (keep > first) kernel::close_range(first, keep - 1);
    first = keep + 1;
  }
  kernel::close_range(first, ~0U);
}

void become_program(ProgramOrders& orders) noexcept {
  close_the_rest(orders);
  reset_signals();
  restore_descriptor_limit(orders);
  enter_working_directory(orders);
  if (orders.program.new_privileges == schemas::NewPrivileges::Refused)
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  drop_bounding_set(orders);
  // While we may still: without no_new_privs a filter needs CAP_SYS_ADMIN. It allows what follows.
  load_filter(orders);
  become_user(orders);
  set_capabilities(orders);
  ::umask(0022);
  const char* path = find_program(orders);
  wait_at_gate(orders);
  if (orders.init_program >= 0) {
    orders.arguments[1] = path;
    kernel::execveat(orders.init_program, "", orders.arguments.data(), orders.environment.data(),
                     AT_EMPTY_PATH);
  } else {
    ::execve(path, const_cast<char**>(orders.arguments.data()),  // NOLINT: execve only reads
             const_cast<char**>(orders.environment.data()));     // NOLINT
  }
  report_and_exit(orders.report, ChildStep::Execute, orders.program.arguments.front().c_str(),
                  orders.searched);
}

}  // namespace runtime
