// The container's root: overlay, paths inside it, and the change of root.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "runtime/container/child.hpp"
#include "runtime/container/child_report.hpp"
#include "runtime/sys/kernel.hpp"

namespace runtime {

namespace {

constexpr std::size_t kLongestPath = 4096;

int open_in(int root, const char* path, std::uint64_t flags) noexcept {
  // EAGAIN: a rename elsewhere raced with "..": openat2(2) says to try again.
  for (int attempt = 0; attempt < 32; ++attempt) {
    const int opened = kernel::openat2(root, path, flags, 0,
                                       kernel::kResolveInRoot | kernel::kResolveNoMagiclinks);
    if (opened >= 0 || errno != EAGAIN) return opened;
  }
  return -1;
}

// Makes the last component below `parent`. What is there meanwhile is not followed but refused
// later.
int make_node(int parent, const char* name, MountPoint point) noexcept {
  if (point == MountPoint::Directory) return ::mkdirat(parent, name, 0755);
  const int made =
      ::openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (made >= 0) ::close(made);
  return made;
}

// Makes `prefix`, whose parent exists; `slash` is where its last component begins.
bool make_component(int root, char* prefix, char* name, MountPoint point) noexcept {
  int parent = root;
  if (name != prefix) {
    name[-1] = '\0';  // NOLINT: the slash between parent and name
    parent = open_in(root, prefix, O_PATH | O_DIRECTORY);
    name[-1] = '/';  // NOLINT
    if (parent < 0) return false;
  }
  const bool made = make_node(parent, name, point) >= 0 || errno == EEXIST;
  if (parent != root) ::close(parent);
  return made;
}

}  // namespace

int open_beneath(int root, const char* path, std::uint64_t extra_flags) noexcept {
  return open_in(root, path, O_PATH | extra_flags);
}

int open_mount_point(int root, const char* path, MountPoint point) noexcept {
  const std::uint64_t type = point == MountPoint::Directory ? O_DIRECTORY : 0;
  const int there = open_in(root, path, O_PATH | type);
  if (there >= 0 || errno != ENOENT) return there;

  while (*path == '/') ++path;  // NOLINT: C strings, as the kernel has them
  std::array<char, kLongestPath> prefix{};
  if (std::strlen(path) >= prefix.size()) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::strcpy(prefix.data(), path);  // NOLINT: the length was checked
  for (char* name = prefix.data(); name != nullptr;) {
    char* slash = std::strchr(name, '/');
    if (slash != nullptr) *slash = '\0';
    const int level = open_in(root, prefix.data(), O_PATH);
    if (level >= 0) ::close(level);
    const MountPoint kind = slash == nullptr ? point : MountPoint::Directory;
    if (level < 0 && !make_component(root, prefix.data(), name, kind)) return -1;
    if (slash == nullptr) break;
    *slash = '/';
    name = slash + 1;  // NOLINT
  }
  return open_in(root, prefix.data(), O_PATH | type);
}

int mount_root(const LaunchPlan& plan, int report) noexcept {
  // Whatever we mount must not travel back to the host, nor the host's later mounts to us.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0)
    report_and_exit(report, ChildStep::MountRoot, "/");
  if (::chdir(plan.root.directory.c_str()) < 0)
    report_and_exit(report, ChildStep::MountRoot, plan.root.directory.c_str());
  const char* mount_point = plan.root.mount_point.c_str();
  if (::mount("overlay", mount_point, "overlay", 0, plan.root.options.c_str()) < 0)
    report_and_exit(report, ChildStep::MountRoot, mount_point, plan.root.options.c_str());
  const int root = ::open(mount_point, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (root < 0) report_and_exit(report, ChildStep::MountRoot, mount_point);
  return root;
}

void enter_root(int root, int report) noexcept {
  // pivot_root(2), "pivot_root(".", ".")": the old root ends up below the new one and is let go.
  if (::fchdir(root) < 0 || kernel::pivot_root(".", ".") < 0 || ::umount2(".", MNT_DETACH) < 0 ||
      ::chdir("/") < 0)
    report_and_exit(report, ChildStep::EnterRoot, "/");
  ::close(root);
}

}  // namespace runtime
