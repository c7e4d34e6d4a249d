// Running one more process inside a container: for `exec` and for health probes.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "runtime/container/host.hpp"
#include "runtime/container/launch.hpp"
#include "runtime/container/record.hpp"

namespace runtime {

struct ExecRequest {
  const schemas::KernelNames& names;
  const ContainerRecord& record;
  std::vector<std::string> command;                // never empty
  std::map<std::string, std::string> environment;  // on top of the container's
  std::string user;                                // empty: the container's
  std::string working_directory;                   // empty: the container's
  schemas::Terminal terminal{schemas::Terminal::No};
  // stdin, stdout, stderr without a terminal; null is /dev/null. Two may be the same pipe.
  std::array<const FileDescriptor*, 3> standard{};
};

// A child of the caller, who must reap it (waitid with P_PIDFD): the container's own pid 1 cannot
// finish exiting before that.
struct ExecProcess {
  pid_t pid{0};
  FileDescriptor pidfd;
  FileDescriptor report;    // see read_start_report()
  FileDescriptor terminal;  // the pty's master, with Terminal::Yes
};

// Same capabilities, seccomp, cgroup and checks as the container itself. NotFound: it does not run.
[[nodiscard]] schemas::Result<ExecProcess> exec_in_container(const ExecRequest& request,
                                                             HostFacts& host);

}  // namespace runtime
