// The floor's child: from clone to exec, each step the system calls that tutti's own start makes.
#include "bench/floor_child.hpp"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <iterator>

namespace bench {
namespace {

constexpr unsigned kDockerCapabilities = 0xa80425fb;

struct Child {
  const ChildPlan& plan;

  // One atomic write: the name of the step; the parent prints it.
  [[noreturn]] void fail(const char* step) const {
    const char* reason = ::strerrordesc_np(errno);
    [[maybe_unused]] auto ignored = ::write(plan.report, step, ::strlen(step));
    ignored = ::write(plan.report, ": ", 2);
    ignored = ::write(plan.report, reason, ::strlen(reason));
    ::_exit(1);
  }
  void must(long result, const char* step) const {
    if (result < 0) fail(step);
  }

  void join() const {
    for (std::size_t i = 0; i < plan.task_count; ++i) must(::write(plan.tasks[i], "0", 1), "tasks");
    must(::unshare(CLONE_NEWCGROUP), "cgroup namespace");
    must(::setns(plan.network, CLONE_NEWNET), "network namespace");
    must(::sethostname(plan.name, ::strlen(plan.name)), "hostname");
  }

  void mount_root() const {
    must(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "private mounts");
    must(::mount("overlay", plan.root, "overlay", 0, plan.overlay), "overlay");
    must(::chdir(plan.root), "chdir");
    must(::mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr), "proc");
    must(::mount("sysfs", "sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, nullptr),
         "sysfs");
    for (const auto& file : plan.etc_files) {
      must(::mount(file.source, file.target, nullptr, MS_BIND, nullptr), "bind etc");
    }
  }

  void fill_dev() const {
    struct Node {
      const char* path;
      unsigned minor;
      unsigned major;
    };
    static constexpr Node kNodes[] = {{"dev/null", 3, 1},    {"dev/zero", 5, 1},
                                      {"dev/full", 7, 1},    {"dev/random", 8, 1},
                                      {"dev/urandom", 9, 1}, {"dev/tty", 0, 5}};
    static constexpr const char* kLinks[][2] = {{"/proc/self/fd", "dev/fd"},
                                                {"/proc/self/fd/0", "dev/stdin"},
                                                {"/proc/self/fd/1", "dev/stdout"},
                                                {"/proc/self/fd/2", "dev/stderr"},
                                                {"pts/ptmx", "dev/ptmx"}};
    must(::mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k"),
         "dev");
    for (const auto& node : kNodes) {
      must(::mknod(node.path, S_IFCHR | 0666, makedev(node.major, node.minor)), "mknod");
    }
    for (const auto& link : kLinks) must(::symlink(link[0], link[1]), "symlink");
    for (const char* folder : {"dev/pts", "dev/mqueue", "dev/shm"})
      must(::mkdir(folder, 0755), folder);
    must(::mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
                 "newinstance,ptmxmode=0666,mode=0620"),
         "devpts");
    must(::mount("mqueue", "dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr),
         "mqueue");
    must(::mount("shm", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                 "mode=1777,size=67108864"),
         "shm");
  }

  void hide() const {
    for (const char* path : {"proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"}) {
      const int bound = ::mount(path, path, nullptr, MS_BIND | MS_REC, nullptr);
      if (bound < 0 && errno == ENOENT) continue;  // a kernel without it
      must(bound, "read-only path");
      must(::mount(nullptr, path, nullptr,
                   MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr),
           "read-only path");
    }
    for (const char* path :
         {"proc/kcore", "proc/keys", "proc/latency_stats", "proc/timer_list", "proc/sched_debug"}) {
      if (::mount("dev/null", path, nullptr, MS_BIND, nullptr) < 0 && errno != ENOENT) fail("mask");
    }
    for (const char* path : {"proc/asound", "proc/acpi", "proc/scsi", "sys/firmware"}) {
      if (::mount("tmpfs", path, "tmpfs", MS_RDONLY, "size=0k") < 0 && errno != ENOENT)
        fail("mask");
    }
  }

  void pivot() const {
    must(::syscall(SYS_pivot_root, ".", "."), "pivot_root");
    must(::umount2(".", MNT_DETACH), "detach the old root");
    must(::chdir("/"), "chdir /");
  }

  void drop() const {
    for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) {
      const bool keep = capability < 32 && ((kDockerCapabilities >> capability) & 1U) != 0;
      if (!keep) ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);  // EINVAL: newer than this kernel
    }
    const sock_fprog filter{plan.filter_length, plan.filter};
    must(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter), "seccomp");
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct sets[2] = {{kDockerCapabilities, kDockerCapabilities, 0}, {0, 0, 0}};
    must(::syscall(SYS_capset, &header, sets), "capset");
  }

  [[noreturn]] void exec() const {
    must(::dup2(plan.standard_input, 0), "stdin");
    must(::dup2(plan.standard_output, 1), "stdout");
    must(::dup2(plan.standard_error, 2), "stderr");
    must(::syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */), "close_range");
    static const char* const kArguments[] = {"/bin/busybox", "sleep", "86400", nullptr};
    static const char* const kEnvironment[] = {"PATH=/bin", nullptr};
    ::execve(kArguments[0], const_cast<char**>(kArguments), const_cast<char**>(kEnvironment));
    fail("exec");
  }
};

}  // namespace

void run_child(const ChildPlan& plan) {
  const Child child{plan};
  char go = 0;
  if (::read(plan.go, &go, 1) != 1) ::_exit(1);
  ::setsid();
  child.join();
  child.mount_root();
  child.fill_dev();
  child.hide();
  child.pivot();
  child.drop();
  child.exec();
}

}  // namespace bench
