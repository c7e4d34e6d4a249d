// The kernel box: a test program in namespaces of its own, so that the tester's machine stays as it
// is.
#pragma once

namespace tests {

// What became of the attempt to enter; the process that returns Inside is pid 2 of its own pid
// namespace (pid 1 reaps), with a fresh mount (all private, own /proc), network (lo is up), ipc,
// uts and cgroup namespace, and a private tmpfs as $TMPDIR, on which overlayfs has its upper
// directories. Nothing under /sys/fs/cgroup is remounted: the cgroup tree is the machine's own.
// A lock (flock on /sys/fs/cgroup) lets only one box on a machine run at a time for that reason.
enum class KernelBox { Inside, Finished, Missing };

struct KernelBoxResult {
  KernelBox outcome{KernelBox::Missing};
  int exit_code{0};         // Finished: of the program that ran inside
  const char* missing{""};  // Missing: the capability or kernel feature that is not there
};

[[nodiscard]] KernelBoxResult enter_kernel_box();

// kernel_box_main: what main() of a kernel test program is; the library kernel_box contains it.
// Every test of the program is followed by a comparison of traces ("leave no trace"). Without root
// the program skips loudly (exit code 77); with REQUIRE_KERNEL=1 any skip is a failure.
int kernel_box_main(int argc, char** argv);

}  // namespace tests
