// The cloned child: carries out a LaunchPlan by system calls alone.
//
// Between clone and exec nothing here allocates, locks, logs or unwinds: the child shares no memory
// with its parent, but it may not trust the heap it was copied from either.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/container/launch_plan.hpp"
#include "runtime/sys/file_descriptor.hpp"

namespace runtime {

// Everything the last steps need, as the kernel wants it; made before the clone.
struct ProgramOrders {
  const PlannedProgram& program;
  const FilterProgram& filter;
  std::vector<const char*> arguments;    // NULL at the end; behind init: "tutti-init", path, ...
  std::vector<const char*> environment;  // NULL at the end
  const char* searched{""};              // the PATH, for the error
  int report{-1};
  int go{-1};                         // one byte opens the gate; -1: no gate
  int init_program{-1};               // -1: none
  std::uint64_t descriptor_limit{0};  // HostFacts::descriptor_limit

  ProgramOrders(const PlannedProgram& planned, const FilterProgram& filter_program);
};

// A v1 hierarchy's part of the container's own cgroup view.
struct CgroupViewPart {
  std::string name;       // "memory"
  std::string directory;  // of the host: the container's cgroup
};

struct ChildOrders {
  const LaunchPlan& plan;
  ProgramOrders program;
  const std::vector<FileDescriptor>& cgroup_tasks;
  std::vector<CgroupViewPart> cgroup_view;  // empty: the view is the v2 tree
  int network_namespace{-1};                // -1: nothing to join
  bool raise_loopback{false};               // a fresh network namespace
  int standard_output{-1};
  int standard_error{-1};
};

// Pid 1 of the container: makes its world, waits at the gate, becomes the program.
[[noreturn]] void run_child(ChildOrders& orders) noexcept;

// Shared with exec: writes "0" to each v1 tasks file.
void join_cgroup(const std::vector<FileDescriptor>& tasks, int report) noexcept;

// Closes every descriptor from 3 on but these; `kept` is sorted, and what is below 3 is ignored.
void close_all_but(std::span<const int> kept) noexcept;

// Shared with exec: the last steps, from inside the container's root and namespaces.
[[noreturn]] void become_program(ProgramOrders& orders) noexcept;

// Steps of run_child, each in a file of its own. `root` is the container's root (O_PATH).
[[nodiscard]] int mount_root(const LaunchPlan& plan, int report) noexcept;  // returns `root`
void make_mounts(const ChildOrders& orders, int root) noexcept;
void protect_paths(const LaunchPlan& plan, int root, int report) noexcept;
void enter_root(int root, int report) noexcept;

// Looks `path` up with `root` as "/", never through /proc's magic links; an O_PATH descriptor or
// -1.
[[nodiscard]] int open_beneath(int root, const char* path, std::uint64_t extra_flags) noexcept;

// The same, but makes what is missing, one component at a time.
[[nodiscard]] int open_mount_point(int root, const char* path, MountPoint point) noexcept;

}  // namespace runtime
