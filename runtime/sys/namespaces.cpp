// Enters and leaves namespaces through descriptors of /proc/thread-self/ns.
#include "runtime/sys/namespaces.hpp"

#include <fcntl.h>
#include <sched.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace runtime {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

namespace {

// The file below /proc/thread-self/ns that setns(2) wants for going home again.
const char* home_of(int type) {
  switch (type) {
    case CLONE_NEWNET:
      return "/proc/thread-self/ns/net";
    case CLONE_NEWPID:
      return "/proc/thread-self/ns/pid_for_children";
    case CLONE_NEWUTS:
      return "/proc/thread-self/ns/uts";
    case CLONE_NEWIPC:
      return "/proc/thread-self/ns/ipc";
    case CLONE_NEWCGROUP:
      return "/proc/thread-self/ns/cgroup";
    case CLONE_NEWNS:
      return "/proc/thread-self/ns/mnt";
    default:
      return nullptr;
  }
}

Result<FileDescriptor> open_namespace_file(const char* path) {
  FileDescriptor file(::open(path, O_RDONLY | O_CLOEXEC));
  if (!file) return os_error(errno, "open {}", path);
  return file;
}

}  // namespace

Result<ScopedNamespace> ScopedNamespace::enter(const FileDescriptor& target, int type) {
  const char* home_path = home_of(type);
  if (home_path == nullptr)
    return fail(ErrorKind::Invalid, "no way back from namespace type {}", type);
  auto home = open_namespace_file(home_path);
  if (!home) return pass_up(home);
  if (::setns(target.get(), type) < 0) return os_error(errno, "enter a namespace");
  return ScopedNamespace(std::move(*home), type);
}

ScopedNamespace::ScopedNamespace(ScopedNamespace&& other) noexcept
    : home_(std::move(other.home_)), type_(other.type_) {}

ScopedNamespace::~ScopedNamespace() {
  if (home_ && ::setns(home_.get(), type_) < 0) std::abort();
}

Result<FileDescriptor> create_network_namespace() {
  auto home = open_namespace_file("/proc/thread-self/ns/net");
  if (!home) return pass_up(home);
  if (::unshare(CLONE_NEWNET) < 0) return os_error(errno, "create a network namespace");
  auto made = open_namespace_file("/proc/thread-self/ns/net");
  if (::setns(home->get(), CLONE_NEWNET) < 0) std::abort();
  return made;
}

Result<FileDescriptor> open_namespace(int pid, const char* kind) {
  const std::string path = fmt::format("/proc/{}/ns/{}", pid, kind);
  return open_namespace_file(path.c_str());
}

}  // namespace runtime
