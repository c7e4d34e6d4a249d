// Clones a process straight into a running container.
#include "runtime/container/exec.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "runtime/container/child.hpp"
#include "runtime/container/child_report.hpp"
#include "runtime/container/create.hpp"
#include "runtime/container/image_files.hpp"
#include "runtime/sys/files.hpp"
#include "runtime/sys/namespaces.hpp"

namespace runtime {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;
using schemas::Terminal;

namespace {

constexpr long kDevptsMagic = 0x1cd1;

struct Pseudoterminal {
  FileDescriptor master;
  FileDescriptor slave;
};

// What the child needs; all of it lives in the caller's frame.
struct ExecOrders {
  ProgramOrders program;
  const std::vector<FileDescriptor>& cgroup_tasks;
  int container{-1};  // pidfd of its pid 1
  std::array<int, 3> standard{-1, -1, -1};
  Terminal terminal{Terminal::No};
  std::vector<int> kept;  // every descriptor above, sorted
};

// The streams that we were given, before anybody can see us: of our caller's own none is left.
void place_streams(ExecOrders& orders) noexcept {
  // Out of the way first: one stream's descriptor may be the number of another.
  for (int& stream : orders.standard) {
    if (stream < 0) continue;
    stream = ::fcntl(stream, F_DUPFD_CLOEXEC, 3);
    if (stream < 0) report_and_exit(orders.program.report, ChildStep::OpenStreams, "a stream");
  }
  for (int number = 0; number < 3; ++number) {
    const int stream = orders.standard.at(static_cast<std::size_t>(number));
    if (stream < 0)
      ::close(number);
    else if (::dup2(stream, number) < 0)
      report_and_exit(orders.program.report, ChildStep::OpenStreams, "a stream");
  }
}

// The rest: the container's null device, since the host's would be in its reach.
void fill_streams(const ExecOrders& orders) noexcept {
  for (int number = 0; number < 3; ++number) {
    if (orders.standard.at(static_cast<std::size_t>(number)) >= 0) continue;
    // The lowest free number (open(2)), which is this one.
    if (::open("/dev/null", O_RDWR | O_NOFOLLOW) != number)  // NOLINT: it is to outlive exec
      report_and_exit(orders.program.report, ChildStep::OpenStreams, "/dev/null");
  }
}

[[noreturn]] void run_exec_child(ExecOrders& orders) noexcept {
  const int report = orders.program.report;
  ::setsid();
  // From the setns on the container sees us: what is not for it must be gone (CVE-2024-21626).
  close_all_but(orders.kept);
  place_streams(orders);
  join_cgroup(orders.cgroup_tasks, report);
  // All at once, by the pidfd: the process cannot be another one by now (setns(2)).
  if (::setns(orders.container,
              CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP) < 0)
    report_and_exit(report, ChildStep::JoinNamespace, "container's");
  if (orders.terminal == Terminal::Yes && ::ioctl(0, TIOCSCTTY, 0) < 0)
    report_and_exit(report, ChildStep::OpenTerminal, "");
  fill_streams(orders);
  become_program(orders.program);
}

Result<FileDescriptor> open_root_of(const ProcessIdentity& process, const FileDescriptor& pidfd) {
  const std::string path = fmt::format("/proc/{}/root", process.pid);
  FileDescriptor root(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return os_error(errno, "open {}", path);
  if (has_exited(pidfd)) return fail(ErrorKind::NotFound, "it has just exited");
  return root;
}

Result<std::string> read_container_file(const FileDescriptor& root, const std::string& path) {
  // O_PATH first: opening a FIFO or a device may wait or do something.
  auto place = open_in_root(root, path, O_PATH);
  if (!place) {
    if (place.error().kind() == ErrorKind::NotFound) return std::string();
    return pass_up(place);
  }
  return read_file(fmt::format("/proc/self/fd/{}", place->get()), kLargestImageFile);
}

Result<ProcessUser> find_user(const std::string& user, const FileDescriptor& root) {
  auto passwd = read_container_file(root, "etc/passwd");
  if (!passwd) return pass_up(passwd, "/etc/passwd");
  auto group = read_container_file(root, "etc/group");
  if (!group) return pass_up(group, "/etc/group");
  return resolve_user(user, *passwd, *group);
}

schemas::ContainerConfig config_for(const ExecRequest& request) {
  schemas::ContainerConfig config = request.record.config;
  config.command = request.command;
  config.init = false;
  for (const auto& [key, value] : request.environment) config.environment[key] = value;
  if (request.terminal == Terminal::Yes) config.environment.try_emplace("TERM", "xterm");
  if (!request.user.empty()) config.user = request.user;
  if (!request.working_directory.empty()) config.working_directory = request.working_directory;
  return config;
}

// In the container's own devpts, so that it sees its terminal; looked at before it is opened, since
// opening a device may do something.
Result<FileDescriptor> open_master(const FileDescriptor& root) {
  auto place = open_in_root(root, "dev/pts/ptmx", O_PATH | O_NOFOLLOW);
  if (!place) return pass_up(place, "open a terminal");
  struct stat status {};
  struct statfs file_system {};
  if (::fstat(place->get(), &status) < 0 || ::fstatfs(place->get(), &file_system) < 0)
    return os_error(errno, "look at the terminal");
  if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(5, 2) ||
      file_system.f_type != kDevptsMagic)
    return fail(ErrorKind::Invalid, "the container's /dev/pts/ptmx is no terminal");
  const std::string path = fmt::format("/proc/self/fd/{}", place->get());
  FileDescriptor master(::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!master) return os_error(errno, "open a terminal");
  return master;
}

Result<Pseudoterminal> open_terminal(const FileDescriptor& root, const ProcessUser& user) {
  auto master = open_master(root);
  if (!master) return pass_up(master);
  int locked = 0;
  if (::ioctl(master->get(), TIOCSPTLCK, &locked) < 0)
    return os_error(errno, "unlock the terminal");
  FileDescriptor slave(::ioctl(master->get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!slave) return os_error(errno, "open the terminal's other side");
  if (::fchown(slave.get(), user.uid, static_cast<gid_t>(-1)) < 0)
    return os_error(errno, "give the terminal to user {}", user.uid);
  return Pseudoterminal{std::move(*master), std::move(slave)};
}

// "We cannot be traced": a child is seen by the container before it has become harmless
// (CVE-2016-9962); it inherits this, and exec ends it.
class UndumpableScope {
 public:
  UndumpableScope() : before_(::prctl(PR_GET_DUMPABLE)) { ::prctl(PR_SET_DUMPABLE, 0); }
  UndumpableScope(const UndumpableScope&) = delete;
  UndumpableScope& operator=(const UndumpableScope&) = delete;
  ~UndumpableScope() { ::prctl(PR_SET_DUMPABLE, before_); }

 private:
  int before_;
};

// Sorted as close_all_but() wants it; made here, since the child may not allocate.
std::vector<int> descriptors_of(const ExecOrders& orders) {
  std::vector<int> kept(orders.standard.begin(), orders.standard.end());
  kept.push_back(orders.program.report);
  kept.push_back(orders.container);
  for (const FileDescriptor& tasks : orders.cgroup_tasks) kept.push_back(tasks.get());
  std::sort(kept.begin(), kept.end());
  return kept;
}

Result<CloneResult> clone_into(const FileDescriptor& pid_namespace, const CgroupEntrance& entrance,
                               ExecOrders& orders) {
  auto inside = ScopedNamespace::enter(pid_namespace, CLONE_NEWPID);
  if (!inside) return pass_up(inside);
  const UndumpableScope undumpable;
  auto cloned =
      clone_process({.flags = 0, .cgroup = entrance.unified ? &entrance.unified : nullptr});
  if (cloned && cloned->pid == 0) run_exec_child(orders);
  return cloned;
}

Result<ExecProcess> exec_in(const ExecRequest& request, HostFacts& host,
                            const FileDescriptor& pidfd) {
  const ProcessIdentity& process = request.record.process;
  auto root = open_root_of(process, pidfd);
  if (!root) return pass_up(root);
  const schemas::ContainerConfig config = config_for(request);
  auto user = find_user(config.user, *root);
  if (!user) return pass_up(user);
  auto program = plan_program(config, *user, host);
  if (!program) return pass_up(program);
  auto filter = host.profiles.program_for(program->capabilities);
  if (!filter) return pass_up(filter);
  auto entrance = open_cgroup(host.cgroups, cgroup_path(request.names, config.name));
  if (!entrance) return pass_up(entrance);
  Pseudoterminal terminal;
  if (request.terminal == Terminal::Yes) {
    auto opened = open_terminal(*root, *user);
    if (!opened) return pass_up(opened);
    terminal = std::move(*opened);
  }
  auto pid_namespace = open_namespace(process.pid, "pid");
  if (!pid_namespace) return pass_up(pid_namespace);
  std::array<int, 2> report{-1, -1};
  if (::pipe2(report.data(), O_CLOEXEC) < 0) return os_error(errno, "create a pipe");
  FileDescriptor report_read(report[0]);
  const FileDescriptor report_write(report[1]);
  // Everything was opened by pid: only if that process still lives was it the right one.
  if (has_exited(pidfd)) return fail(ErrorKind::NotFound, "it has just exited");

  ExecOrders orders{.program = ProgramOrders(*program, **filter),
                    .cgroup_tasks = entrance->tasks,
                    .container = pidfd.get(),
                    .terminal = request.terminal,
                    .kept = {}};
  orders.program.report = report_write.get();
  orders.program.descriptor_limit = host.descriptor_limit;
  for (std::size_t i = 0; i < orders.standard.size(); ++i) {
    if (terminal.slave)
      orders.standard.at(i) = terminal.slave.get();
    else if (request.standard.at(i) != nullptr)
      orders.standard.at(i) = request.standard.at(i)->get();
  }
  orders.kept = descriptors_of(orders);
  auto cloned = clone_into(*pid_namespace, *entrance, orders);
  if (!cloned) return pass_up(cloned);
  return ExecProcess{.pid = cloned->pid,
                     .pidfd = std::move(cloned->pidfd),
                     .report = std::move(report_read),
                     .terminal = std::move(terminal.master)};
}

}  // namespace

Result<ExecProcess> exec_in_container(const ExecRequest& request, HostFacts& host) {
  const schemas::ContainerName& name = request.record.config.name;
  const auto pidfd = open_process(request.record.process);
  if (!pidfd) return fail(ErrorKind::NotFound, "container {} does not run", name);
  auto process = exec_in(request, host, *pidfd);
  if (!process) return pass_up(process, "exec in {}", name);
  return process;
}

}  // namespace runtime
