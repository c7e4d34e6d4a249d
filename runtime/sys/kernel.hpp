// The raw system calls that glibc 2.36 has no wrapper for; nothing here allocates, so a cloned
// child may use it.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace runtime::kernel {

// Each returns what the kernel returns, -1 with errno on failure; all descriptors are
// close-on-exec.
int openat2(int directory, const char* path, std::uint64_t flags, std::uint64_t mode,
            std::uint64_t resolve) noexcept;  // openat2(2); RESOLVE_* below
int fsopen(const char* file_system) noexcept;
int fsconfig_string(int context, const char* key, const char* value) noexcept;
int fsconfig_flag(int context, const char* key) noexcept;
int fsconfig_create(int context) noexcept;
int fsmount(int context, std::uint64_t attributes) noexcept;                    // MOUNT_ATTR_*
int open_tree_clone(int directory, const char* path, bool recursive) noexcept;  // NOLINT
int move_mount(int mount, int target_directory,
               const char* target) noexcept;  // "" = the descriptor itself
int mount_setattr(int mount, const char* path, bool recursive, std::uint64_t set,
                  std::uint64_t clear, std::uint64_t propagation) noexcept;
int pivot_root(const char* new_root, const char* put_old) noexcept;
int close_range(unsigned first, unsigned last) noexcept;
int execveat(int directory, const char* path, const char* const* argv, const char* const* envp,
             int flags) noexcept;
int seccomp_load(const void* program, std::uint64_t flags) noexcept;  // struct sock_fprog*

inline constexpr std::uint64_t kResolveInRoot = 0x10;
inline constexpr std::uint64_t kResolveBeneath = 0x08;
inline constexpr std::uint64_t kResolveNoMagiclinks = 0x02;
inline constexpr std::uint64_t kResolveNoSymlinks = 0x04;
inline constexpr std::uint64_t kMountReadOnly = 0x1;
inline constexpr std::uint64_t kMountNoSuid = 0x2;
inline constexpr std::uint64_t kMountNoDev = 0x4;
inline constexpr std::uint64_t kMountNoExec = 0x8;

}  // namespace runtime::kernel
