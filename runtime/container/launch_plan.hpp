// LaunchPlan: one start, resolved to the last argument; the child only carries it out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/container/host.hpp"
#include "runtime/container/user.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/config/container_config.hpp"
#include "schemas/vocabulary/names.hpp"

namespace runtime {

enum class MountKind : std::uint8_t { Proc, Sysfs, Devices, FileSystem, CgroupView, Bind };
enum class MountPoint : std::uint8_t { Directory, File };
enum class MountOwner : std::uint8_t { Us, User };  // a user's mount may not land on /proc or /sys

// "size=64m" of a file system, as fsconfig(2) takes it.
struct MountOption {
  std::string key{};
  std::string value{};  // empty: a flag
  friend bool operator==(const MountOption&, const MountOption&) = default;
};

struct PlannedMount {
  MountKind kind{MountKind::Bind};
  std::string target{};  // in the container, relative to its root
  std::string source{};  // Bind: a path of the host; FileSystem: its type
  std::vector<MountOption> options{};
  std::uint64_t attributes{0};  // kernel::kMount*
  MountPoint point{MountPoint::Directory};
  MountOwner owner{MountOwner::Us};
  friend bool operator==(const PlannedMount&, const PlannedMount&) = default;
};

// The overlay: everything relative to one directory, since mount(2) takes one page of options.
struct PlannedRoot {
  std::string directory{};    // of the host: where `options` is relative to
  std::string mount_point{};  // likewise: an empty directory
  std::string options{};      // "lowerdir=...,upperdir=...,workdir=...,volatile"
  schemas::Access access{schemas::Access::ReadWrite};
  friend bool operator==(const PlannedRoot&, const PlannedRoot&) = default;
};

struct PlannedSysctl {
  std::string path{};  // below /proc/sys
  std::string value{};
  friend bool operator==(const PlannedSysctl&, const PlannedSysctl&) = default;
};

// How the program itself is run; shared by start and exec.
struct PlannedProgram {
  std::vector<std::string> arguments{};
  std::vector<std::string> environment{};  // "KEY=value", sorted
  std::vector<std::string> candidates{};   // absolute paths to try, in order
  std::string working_directory{};
  ProcessUser user{};
  std::uint64_t capabilities{0};  // bounding, and for root also permitted and effective
  schemas::NewPrivileges new_privileges{schemas::NewPrivileges::Allowed};
  bool init{false};
  friend bool operator==(const PlannedProgram&, const PlannedProgram&) = default;
};

struct LaunchPlan {
  PlannedRoot root{};
  std::vector<PlannedMount> mounts{};  // in order
  std::vector<MaskedPath> masked{};
  std::vector<std::string> read_only_paths{};
  std::vector<PlannedSysctl> sysctls{};
  std::string hostname{};
  PlannedProgram program{};
  friend bool operator==(const LaunchPlan&, const LaunchPlan&) = default;
};

// What the plan cannot know by itself: looked up by the caller.
struct LaunchFacts {
  ProcessUser user{};
  std::vector<MountPoint> sources{};  // of each config.mounts entry: what its source is
};

[[nodiscard]] schemas::Result<LaunchPlan> plan_launch(const schemas::ContainerConfig& config,
                                                      const StateLayout& layout,
                                                      const schemas::ProjectName& project,
                                                      const LaunchFacts& facts,
                                                      const HostFacts& host);

// The program part alone, for exec.
[[nodiscard]] schemas::Result<PlannedProgram> plan_program(const schemas::ContainerConfig& config,
                                                           const ProcessUser& user,
                                                           const HostFacts& host);

// The whole plan as text, one line per fact: for golden tests and bug reports.
[[nodiscard]] std::string describe(const LaunchPlan& plan);

}  // namespace runtime
