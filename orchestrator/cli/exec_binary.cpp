// A detached, read-only clone of the mount that holds our binary, executed by descriptor.
#include "orchestrator/cli/exec_binary.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "orchestrator/supervise/keeper_start.hpp"
#include "runtime/sys/files.hpp"
#include "runtime/sys/kernel.hpp"

namespace orchestrator {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

namespace {

// Each of our own words ends with a NUL there (proc_pid_cmdline(5)).
std::vector<const char*> words_of(const std::string& command_line) {
  std::vector<const char*> words;
  for (std::size_t start = 0; start < command_line.size();) {
    words.push_back(command_line.c_str() + start);  // NOLINT: argv, as the kernel wants it
    start = command_line.find('\0', start);
    if (start != std::string::npos) ++start;
  }
  words.push_back(nullptr);
  return words;
}

}  // namespace

Result<> ensure_read_only_binary() {
  struct statvfs mount {};
  if (::statvfs("/proc/self/exe", &mount) < 0) return os_error(errno, "look at our own binary");
  if ((mount.f_flag & ST_RDONLY) != 0) return {};
  auto binary = open_own_binary();
  if (!binary) return pass_up(binary);
  // It falls back to the file itself, which is not good enough here.
  if (::fstatvfs(binary->get(), &mount) < 0 || (mount.f_flag & ST_RDONLY) == 0)
    return fail(ErrorKind::Denied,
                "cannot make a read-only view of our own binary: exec needs root");
  auto command_line = runtime::read_file("/proc/self/cmdline");
  if (!command_line) return pass_up(command_line, "read our own command line");
  const auto words = words_of(*command_line);
  runtime::kernel::execveat(binary->get(), "", words.data(), ::environ, AT_EMPTY_PATH);
  return os_error(errno, "execute our own binary again");
}

}  // namespace orchestrator
