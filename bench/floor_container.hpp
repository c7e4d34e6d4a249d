// The floor's container: everything a start needs, prepared by the parent; the child only calls the
// kernel.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace bench {

// What all containers of a run share.
struct FloorPlan {
  std::string base;                    // fresh directory of the run; image/ is the lower layer
  std::string image;                   // base/image
  std::string cgroup;                  // "floor-<pid>", below every hierarchy
  std::vector<std::string> v1;         // "/sys/fs/cgroup/memory", ...; empty on pure v2
  std::string v2;                      // "/sys/fs/cgroup/unified" or "/sys/fs/cgroup"; may be empty
  std::vector<unsigned char> seccomp;  // struct sock_filter[]
};

// One container of the run.
struct FloorContainer {
  std::string name;          // "web-17"
  std::string directory;     // base/web-17: upper, work, etc, log, root
  int network{-1};           // namespace
  std::vector<int> sockets;  // what DNS listens on
  std::vector<int> fifos;    // stdout and stderr, held open
  std::vector<int> tasks;    // v1 tasks files
  int cgroup{-1};            // v2 directory
  int report{-1};            // end of file: exec worked
  int pidfd{-1};
  pid_t pid{-1};
};

// Directories, /etc files, FIFOs and cgroups of one container.
void furnish(const FloorPlan& plan, FloorContainer& container);

// clone3 into the cgroup; the child mounts, drops, execs. Nobody waits for it here.
void launch(const FloorPlan& plan, FloorContainer& container);

// Reads the report pipe: dies with the child's words unless exec worked.
void await_exec(FloorContainer& container);

// After the kill: reaps, removes the cgroups and the directory, closes what is open.
void clear_away(const FloorPlan& plan, FloorContainer& container);

// A libseccomp filter of some three hundred allowed calls as a binary tree.
[[nodiscard]] std::vector<unsigned char> compile_seccomp();

// Prints what failed with its errno and ends the program: a benchmark has no second plan.
[[noreturn]] void die(const char* what);
int check(int result, const char* what);

}  // namespace bench
