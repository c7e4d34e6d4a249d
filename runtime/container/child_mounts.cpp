// Mounts inside the container's root, all by descriptor: no path is looked up twice.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "runtime/container/child.hpp"
#include "runtime/container/child_report.hpp"
#include "runtime/sys/kernel.hpp"

namespace runtime {

namespace {

constexpr long kProcMagic = 0x9fa0;

struct DeviceNode {
  const char* name;
  unsigned major;
  unsigned minor;
};
constexpr std::array<DeviceNode, 6> kNodes{{{"null", 1, 3},
                                            {"zero", 1, 5},
                                            {"full", 1, 7},
                                            {"random", 1, 8},
                                            {"urandom", 1, 9},
                                            {"tty", 5, 0}}};
struct DeviceLink {
  const char* name;
  const char* target;
};
constexpr std::array<DeviceLink, 6> kLinks{{{"fd", "/proc/self/fd"},
                                            {"stdin", "/proc/self/fd/0"},
                                            {"stdout", "/proc/self/fd/1"},
                                            {"stderr", "/proc/self/fd/2"},
                                            {"ptmx", "pts/ptmx"},
                                            {"core", "/proc/kcore"}}};

// A new file system of a type, not attached anywhere yet; -1 with errno.
int make_file_system(const char* type, const std::vector<MountOption>& options,
                     std::uint64_t attributes) noexcept {
  const int context = kernel::fsopen(type);
  if (context < 0) return -1;
  int mount = -1;
  // Without a name of its own it would be called "none" in the container's mount table.
  bool configured = kernel::fsconfig_string(context, "source", type) >= 0;
  for (const MountOption& option : options)
    configured =
        configured && (option.value.empty() ? kernel::fsconfig_flag(context, option.key.c_str())
                                            : kernel::fsconfig_string(context, option.key.c_str(),
                                                                      option.value.c_str())) >= 0;
  if (configured && kernel::fsconfig_create(context) >= 0)
    mount = kernel::fsmount(context, attributes);
  const int error = errno;
  ::close(context);
  errno = error;
  return mount;
}

// Filled while nobody can reach it, so there is nothing to race with.
bool fill_devices(int devices) noexcept {
  for (const DeviceNode& node : kNodes)
    if (::mknodat(devices, node.name, S_IFCHR | 0666, makedev(node.major, node.minor)) < 0)
      return false;
  for (const DeviceLink& link : kLinks)
    if (::symlinkat(link.target, devices, link.name) < 0) return false;
  for (const char* directory : {"pts", "shm", "mqueue"})
    if (::mkdirat(devices, directory, 0755) < 0) return false;
  return true;
}

// /proc, /sys and /dev must be directories of the image itself: a link would lead our own set-up
// astray (CVE-2019-19921, CVE-2023-27561, CVE-2026-41579).
int open_top_directory(int root, const char* name) noexcept {
  constexpr int kFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  const int there = ::openat(root, name, kFlags);
  if (there >= 0 || errno != ENOENT) return there;
  if (::mkdirat(root, name, 0755) < 0 && errno != EEXIST) return -1;
  return ::openat(root, name, kFlags);
}

bool is_proc(int target) noexcept {
  struct statfs file_system {};
  return ::fstatfs(target, &file_system) < 0 || file_system.f_type == kProcMagic;
}

void attach(int mount, int target, const PlannedMount& planned, int report) noexcept {
  if (mount < 0 || kernel::move_mount(mount, target, "") < 0)
    report_and_exit(report, ChildStep::Mount, planned.target.c_str(), planned.source.c_str());
  ::close(mount);
  ::close(target);
}

bool fits(int target, MountPoint point) noexcept {
  struct stat status {};
  return ::fstat(target, &status) == 0 &&
         S_ISDIR(status.st_mode) == (point == MountPoint::Directory);
}

int open_target(const PlannedMount& planned, int root, int report) noexcept {
  const bool ours_at_the_top = planned.kind == MountKind::Proc ||
                               planned.kind == MountKind::Sysfs ||
                               planned.kind == MountKind::Devices;
  const int target = ours_at_the_top
                         ? open_top_directory(root, planned.target.c_str())
                         : open_mount_point(root, planned.target.c_str(), planned.point);
  if (target < 0 && (errno != ENOTDIR || ours_at_the_top))
    report_and_exit(report, ChildStep::MakeMountPoint, planned.target.c_str());
  if (target < 0 || !fits(target, planned.point)) {
    errno = ENOTDIR;
    report_and_exit(report, ChildStep::Mount, planned.target.c_str(), planned.source.c_str());
  }
  if (planned.owner == MountOwner::User && is_proc(target)) {
    errno = EPERM;  // the target led into /proc by a link of the image
    report_and_exit(report, ChildStep::MakeMountPoint, planned.target.c_str());
  }
  return target;
}

int clone_source(const PlannedMount& planned) noexcept {
  const int mount = kernel::open_tree_clone(AT_FDCWD, planned.source.c_str(), true);
  if (mount < 0 || planned.attributes == 0) return mount;
  // Recursively: what is mounted below the source must not stay writable.
  if (kernel::mount_setattr(mount, "", true, planned.attributes, 0, 0) < 0) return -1;
  return mount;
}

// On v1 and hybrid hosts, as Docker does it: a tmpfs with the container's own part of each
// hierarchy.
void attach_cgroup_view(const ChildOrders& orders, const PlannedMount& planned, int target,
                        int report) noexcept {
  if (orders.cgroup_view.empty())
    return attach(make_file_system("cgroup2", planned.options, planned.attributes), target, planned,
                  report);
  const int view =
      make_file_system("tmpfs", planned.options, planned.attributes & ~kernel::kMountReadOnly);
  const int kept = ::fcntl(view, F_DUPFD_CLOEXEC, 3);
  for (const CgroupViewPart& part : orders.cgroup_view)
    if (::mkdirat(view, part.name.c_str(), 0755) < 0)
      report_and_exit(report, ChildStep::Mount, planned.target.c_str());
  attach(view, target, planned, report);
  for (const CgroupViewPart& part : orders.cgroup_view) {
    const int mount = kernel::open_tree_clone(AT_FDCWD, part.directory.c_str(), false);
    // Never writable: release_agent is a way out (CVE-2022-0492).
    if (mount < 0 || kernel::mount_setattr(mount, "", false, planned.attributes, 0, 0) < 0 ||
        kernel::move_mount(mount, kept, part.name.c_str()) < 0)
      report_and_exit(report, ChildStep::Mount, planned.target.c_str(), part.directory.c_str());
    ::close(mount);
  }
  if (kernel::mount_setattr(kept, "", false, kernel::kMountReadOnly, 0, 0) < 0)
    report_and_exit(report, ChildStep::Mount, planned.target.c_str());
  ::close(kept);
}

// Through this descriptor of our own procfs, never through a path that the image could shape.
void write_sysctls(const LaunchPlan& plan, int proc, int report) noexcept {
  const int directory = ::openat(proc, "sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
  for (const PlannedSysctl& sysctl : plan.sysctls) {
    const int file = ::openat(directory, sysctl.path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT) continue;
    if (file < 0 || ::write(file, sysctl.value.data(), sysctl.value.size()) < 0)
      report_and_exit(report, ChildStep::WriteSysctl, sysctl.path.c_str());
    ::close(file);
  }
  ::close(directory);
}

void make_mount(const ChildOrders& orders, const PlannedMount& planned, int root) noexcept {
  const int report = orders.program.report;
  const int target = open_target(planned, root, report);
  int mount = -1;
  switch (planned.kind) {
    case MountKind::Proc:
      mount = make_file_system("proc", planned.options, planned.attributes);
      if (mount >= 0) write_sysctls(orders.plan, mount, report);
      break;
    case MountKind::Sysfs:
      mount = make_file_system("sysfs", planned.options, planned.attributes);
      break;
    case MountKind::Devices:
      mount = make_file_system("tmpfs", planned.options, planned.attributes);
      if (mount >= 0 && !fill_devices(mount))
        report_and_exit(report, ChildStep::Mount, planned.target.c_str());
      break;
    case MountKind::FileSystem:
      mount = make_file_system(planned.source.c_str(), planned.options, planned.attributes);
      break;
    case MountKind::CgroupView:
      return attach_cgroup_view(orders, planned, target, report);
    case MountKind::Bind:
      mount = clone_source(planned);
      break;
  }
  attach(mount, target, planned, report);
}

// Leaves errno 0 when the path is covered, or ENOENT when it is not there.
void mask(const MaskedPath& masked, int root, int& empty_directory) noexcept {
  const int target = open_beneath(root, masked.path.c_str(), O_NOFOLLOW);
  if (target < 0) return;  // this container's /proc or /sys lacks it
  int cover = -1;
  if (masked.kind == MaskedPath::Kind::File) {
    // The host's null device, by a path that no image can reach before the change of root;
    // read-only, or the container could change the mode of the host's node (writing to the device
    // still works).
    cover = kernel::open_tree_clone(AT_FDCWD, "/dev/null", false);
    if (kernel::mount_setattr(cover, "", false, kernel::kMountReadOnly | kernel::kMountNoExec, 0,
                              0) < 0)
      return;
  } else if (empty_directory < 0) {
    cover = make_file_system("tmpfs", {}, kernel::kMountReadOnly);
    empty_directory = ::fcntl(cover, F_DUPFD_CLOEXEC, 3);
  } else {
    // One empty directory for all: a file system each would be slow to end.
    cover = kernel::open_tree_clone(empty_directory, "", false);
  }
  if (cover < 0 || kernel::move_mount(cover, target, "") < 0) return;
  ::close(cover);
  ::close(target);
  errno = 0;
}

}  // namespace

void make_mounts(const ChildOrders& orders, int root) noexcept {
  for (const PlannedMount& planned : orders.plan.mounts) make_mount(orders, planned, root);
}

void protect_paths(const LaunchPlan& plan, int root, int report) noexcept {
  for (const std::string& path : plan.read_only_paths) {
    const int target = open_beneath(root, path.c_str(), O_NOFOLLOW);
    if (target < 0 && errno == ENOENT) continue;
    const int mount = kernel::open_tree_clone(target, "", true);
    if (mount < 0 || kernel::mount_setattr(mount, "", true, kernel::kMountReadOnly, 0, 0) < 0 ||
        kernel::move_mount(mount, target, "") < 0)
      report_and_exit(report, ChildStep::MaskPath, path.c_str());
    ::close(mount);
    ::close(target);
  }
  int empty_directory = -1;
  for (const MaskedPath& masked : plan.masked) {
    mask(masked, root, empty_directory);
    if (errno != 0 && errno != ENOENT)
      report_and_exit(report, ChildStep::MaskPath, masked.path.c_str());
  }
}

}  // namespace runtime
