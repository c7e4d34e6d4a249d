// Raw system calls; the constants are the kernel's ABI (include/uapi/linux/mount.h, openat2.h).
#include "runtime/sys/kernel.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace runtime::kernel {
namespace {

constexpr unsigned kFsopenCloexec = 1;
constexpr unsigned kFsmountCloexec = 1;
constexpr unsigned kOpenTreeClone = 1;
constexpr unsigned kMoveMountFromEmptyPath = 0x4;
constexpr unsigned kMoveMountToEmptyPath = 0x40;
constexpr unsigned kAtRecursive = 0x8000;
constexpr unsigned kSetFlag = 0;
constexpr unsigned kSetString = 1;
constexpr unsigned kCreate = 6;
constexpr unsigned kSeccompSetModeFilter = 1;

unsigned empty_path_flag(const char* path) { return *path == '\0' ? unsigned{AT_EMPTY_PATH} : 0U; }

}  // namespace

int openat2(int directory, const char* path, std::uint64_t flags, std::uint64_t mode,
            std::uint64_t resolve) noexcept {
  const std::array<std::uint64_t, 3> how{flags | O_CLOEXEC, mode, resolve};
  return static_cast<int>(::syscall(SYS_openat2, directory, path, how.data(), sizeof(how)));
}

int fsopen(const char* file_system) noexcept {
  return static_cast<int>(::syscall(SYS_fsopen, file_system, kFsopenCloexec));
}

int fsconfig_string(int context, const char* key, const char* value) noexcept {
  return static_cast<int>(::syscall(SYS_fsconfig, context, kSetString, key, value, 0));
}

int fsconfig_flag(int context, const char* key) noexcept {
  return static_cast<int>(::syscall(SYS_fsconfig, context, kSetFlag, key, nullptr, 0));
}

int fsconfig_create(int context) noexcept {
  return static_cast<int>(::syscall(SYS_fsconfig, context, kCreate, nullptr, nullptr, 0));
}

int fsmount(int context, std::uint64_t attributes) noexcept {
  return static_cast<int>(
      ::syscall(SYS_fsmount, context, kFsmountCloexec, static_cast<unsigned>(attributes)));
}

int open_tree_clone(int directory, const char* path, bool recursive) noexcept {  // NOLINT
  const unsigned flags = kOpenTreeClone | unsigned{O_CLOEXEC} | empty_path_flag(path) |
                         (recursive ? kAtRecursive : 0U);
  return static_cast<int>(::syscall(SYS_open_tree, directory, path, flags));
}

int move_mount(int mount, int target_directory, const char* target) noexcept {
  const unsigned flags = kMoveMountFromEmptyPath | (*target == '\0' ? kMoveMountToEmptyPath : 0U);
  return static_cast<int>(::syscall(SYS_move_mount, mount, "", target_directory, target, flags));
}

int mount_setattr(int mount, const char* path, bool recursive, std::uint64_t set,  // NOLINT
                  std::uint64_t clear, std::uint64_t propagation) noexcept {
  const std::array<std::uint64_t, 4> attributes{set, clear, propagation, 0};
  const unsigned flags = empty_path_flag(path) | (recursive ? kAtRecursive : 0U);
  return static_cast<int>(
      ::syscall(SYS_mount_setattr, mount, path, flags, attributes.data(), sizeof(attributes)));
}

int pivot_root(const char* new_root, const char* put_old) noexcept {
  return static_cast<int>(::syscall(SYS_pivot_root, new_root, put_old));
}

int close_range(unsigned first, unsigned last) noexcept {
  return static_cast<int>(::syscall(SYS_close_range, first, last, 0));
}

int execveat(int directory, const char* path, const char* const* argv, const char* const* envp,
             int flags) noexcept {
  return static_cast<int>(::syscall(SYS_execveat, directory, path, argv, envp, flags));
}

int seccomp_load(const void* program, std::uint64_t flags) noexcept {
  return static_cast<int>(::syscall(SYS_seccomp, kSeccompSetModeFilter, flags, program));
}

}  // namespace runtime::kernel
