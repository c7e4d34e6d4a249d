// HostFacts: what of this machine every start needs, looked up once per process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/container/cgroup.hpp"
#include "runtime/container/seccomp_profile.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

// A file or directory of /proc or /sys that no container may look into.
struct MaskedPath {
  std::string path;
  enum class Kind : std::uint8_t { File, Directory } kind{Kind::File};
  friend bool operator==(const MaskedPath&, const MaskedPath&) = default;
};

struct HostFacts {
  CgroupHost cgroups;
  std::vector<MaskedPath> masked;            // those of Docker's list that exist here
  std::vector<std::string> read_only_paths;  // likewise
  std::string hosts;                         // the text of /etc/hosts
  std::string resolv_conf;                   // the text of /etc/resolv.conf
  std::uint64_t capabilities{0};             // those we have ourselves and can hand on
  SeccompProfiles profiles;                  // compiled once per set of capabilities
  FileDescriptor init_program;               // a sealed memfd: pid 1 of `init: true`
  // The soft RLIMIT_NOFILE that programs in containers begin with. A supervisor raises its own and
  // puts here what it found.
  std::uint64_t descriptor_limit{0};
};

// `descriptor_limit` is the caller's own.
[[nodiscard]] schemas::Result<HostFacts> observe_host();

}  // namespace runtime
