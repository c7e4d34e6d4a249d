// The order of a container's birth; each step explains itself when it fails.
#include "runtime/container/child.hpp"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "runtime/container/child_report.hpp"
#include "runtime/sys/kernel.hpp"

namespace runtime {

namespace {

void join_namespaces(const ChildOrders& orders, int report) noexcept {
  // Only now, from inside the new cgroup, is that cgroup the namespace's root
  // (cgroup_namespaces(7)).
  if (::unshare(CLONE_NEWCGROUP) < 0) report_and_exit(report, ChildStep::JoinNamespace, "cgroup");
  if (orders.network_namespace >= 0 && ::setns(orders.network_namespace, CLONE_NEWNET) < 0)
    report_and_exit(report, ChildStep::JoinNamespace, "network");
  // A keyring of its own, else it would share ours (keyctl(2)); no kernel support is no harm.
  ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
}

void raise_loopback() noexcept {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", 3);    // NOLINT: a union of the kernel's
  request.ifr_flags = IFF_UP | IFF_RUNNING;  // NOLINT
  ::ioctl(socket, SIOCSIFFLAGS, &request);
  ::close(socket);
}

void make_working_directory(const ChildOrders& orders, int root, int report) noexcept {
  const char* path = orders.plan.program.working_directory.c_str();
  const int directory = open_mount_point(root, path, MountPoint::Directory);
  if (directory < 0) report_and_exit(report, ChildStep::WorkingDirectory, path);
  ::close(directory);
}

void make_root_read_only(const LaunchPlan& plan, int root, int report) noexcept {
  if (plan.root.access == schemas::Access::ReadWrite) return;
  if (kernel::mount_setattr(root, "", false, kernel::kMountReadOnly, 0, 0) < 0)
    report_and_exit(report, ChildStep::MountRoot, "read-only");
}

void set_hostname(const LaunchPlan& plan, int report) noexcept {
  if (::sethostname(plan.hostname.data(), plan.hostname.size()) < 0)
    report_and_exit(report, ChildStep::SetHostname, plan.hostname.c_str());
}

void set_streams(const ChildOrders& orders, int report) noexcept {
  // The container's own null device, not the host's.
  const int input = ::open("/dev/null", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (input < 0 || ::dup2(input, 0) < 0 || ::dup2(orders.standard_output, 1) < 0 ||
      ::dup2(orders.standard_error, 2) < 0)
    report_and_exit(report, ChildStep::OpenStreams, "/dev/null");
}

}  // namespace

void join_cgroup(const std::vector<FileDescriptor>& tasks, int report) noexcept {
  // "0" is the writer itself, which the kernel moves without its global lock: a parent that writes
  // our pid would wait for an RCU grace period.
  for (const FileDescriptor& file : tasks)
    if (::write(file.get(), "0", 1) < 0) report_and_exit(report, ChildStep::JoinCgroup, "");
}

void run_child(ChildOrders& orders) noexcept {
  const int report = orders.program.report;
  ::umask(0);
  ::setsid();
  join_cgroup(orders.cgroup_tasks, report);
  join_namespaces(orders, report);
  if (orders.raise_loopback) raise_loopback();
  const int root = mount_root(orders.plan, report);
  make_mounts(orders, root);
  make_working_directory(orders, root, report);
  protect_paths(orders.plan, root, report);
  make_root_read_only(orders.plan, root, report);
  enter_root(root, report);
  set_hostname(orders.plan, report);
  set_streams(orders, report);
  become_program(orders.program);
}

}  // namespace runtime
