// Cgroups on all three kinds of host: v2, hybrid and v1. A container's cgroup is a path, not an
// object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/config/container_config.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

enum class CgroupKind : std::uint8_t { Unified, Hybrid, Legacy };

// One v1 hierarchy that we use.
struct CgroupHierarchy {
  std::string controllers;  // "memory" or "cpu,cpuacct": also the directory's name in a container
  std::string directory;    // where it is mounted
  friend bool operator==(const CgroupHierarchy&, const CgroupHierarchy&) = default;
};

// Where this host's cgroup trees are; found once per process.
struct CgroupHost {
  CgroupKind kind{CgroupKind::Legacy};
  std::string unified;                  // mount point of the v2 tree; empty on a v1-only host
  std::vector<CgroupHierarchy> legacy;  // memory, pids, cpu, devices, as far as v1 has them; sorted
  friend bool operator==(const CgroupHost&, const CgroupHost&) = default;
};

// Pure: reads the text of /proc/self/mountinfo (proc_pid_mountinfo(5)). NotFound without cgroups.
[[nodiscard]] schemas::Result<CgroupHost> find_cgroups(std::string_view mountinfo);

// What a new process needs to be born in a cgroup.
struct CgroupEntrance {
  FileDescriptor unified;             // for CLONE_INTO_CGROUP; empty on a v1-only host
  std::vector<FileDescriptor> tasks;  // the v1 `tasks` files: the process itself writes "0"
};

// `path` is KernelNames::cgroup() + "/" + container. Makes the directories (an old one of that name
// is emptied and removed first), writes the limits and the device rules.
[[nodiscard]] schemas::Result<CgroupEntrance> create_cgroup(const CgroupHost& host,
                                                            const std::string& path,
                                                            const schemas::ResourceLimits& limits);

// The entrance of an existing cgroup, for exec.
[[nodiscard]] schemas::Result<CgroupEntrance> open_cgroup(const CgroupHost& host,
                                                          const std::string& path);

// SIGKILL to everything inside; does not wait. A cgroup that is gone is not an error.
[[nodiscard]] schemas::Result<> kill_cgroup(const CgroupHost& host, const std::string& path);

[[nodiscard]] bool is_populated(const CgroupHost& host, const std::string& path);

// How often the kernel has killed a process in it for want of memory.
[[nodiscard]] std::uint64_t count_oom_kills(const CgroupHost& host, const std::string& path);

// Removes the cgroup, and the project's and our own directory above it when they are empty.
// Survivors are killed first; Busy when they are still there after a second.
[[nodiscard]] schemas::Result<> discard_cgroup(const CgroupHost& host, const std::string& path);

// One file to write and its text: the limits of a container, converted (pure).
struct CgroupSetting {
  std::string controller;  // "memory", "cpu", "pids"
  std::string file;
  std::string text;
  enum class Missing : std::uint8_t { Refuse, Ignore } missing{Missing::Refuse};
  friend bool operator==(const CgroupSetting&, const CgroupSetting&) = default;
};
enum class CgroupVersion : std::uint8_t { V1, V2 };
[[nodiscard]] std::vector<CgroupSetting> settings_for(const schemas::ResourceLimits& limits,
                                                      CgroupVersion version);

}  // namespace runtime
