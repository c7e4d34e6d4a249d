// Looks at the machine: cgroup trees, masked paths, resolver, our own capabilities.
#include "runtime/container/host.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "runtime/container/init_image.hpp"
#include "runtime/sys/descriptor_limit.hpp"
#include "runtime/sys/files.hpp"

namespace runtime {

using schemas::os_error;
using schemas::Result;

namespace {

// Docker's lists: what tells about, or reaches into, the host.
constexpr std::array<const char*, 12> kMasked{"/proc/acpi",
                                              "/proc/asound",
                                              "/proc/interrupts",
                                              "/proc/kcore",
                                              "/proc/keys",
                                              "/proc/latency_stats",
                                              "/proc/sched_debug",
                                              "/proc/scsi",
                                              "/proc/timer_list",
                                              "/proc/timer_stats",
                                              "/sys/devices/virtual/powercap",
                                              "/sys/firmware"};
constexpr std::array<const char*, 5> kReadOnly{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                               "/proc/sysrq-trigger"};
constexpr const char* kCpus = "/sys/devices/system/cpu";

void add_if_there(std::vector<MaskedPath>& masked, const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) < 0) return;
  masked.push_back(
      {path, S_ISDIR(status.st_mode) ? MaskedPath::Kind::Directory : MaskedPath::Kind::File});
}

std::vector<MaskedPath> find_masked() {
  std::vector<MaskedPath> masked;
  for (const char* path : kMasked) add_if_there(masked, path);
  const auto directory = open_directory(kCpus);
  if (!directory) return masked;
  const auto names = list_directory(*directory);
  if (!names) return masked;
  for (const std::string& name : *names)
    if (name.size() > 3 && name.starts_with("cpu") && name[3] >= '0' && name[3] <= '9')
      add_if_there(masked, fmt::format("{}/{}/thermal_throttle", kCpus, name));
  return masked;
}

std::vector<std::string> find_read_only() {
  std::vector<std::string> paths;
  for (const char* path : kReadOnly)
    if (::access(path, F_OK) == 0) paths.emplace_back(path);
  return paths;
}

Result<std::uint64_t> own_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) < 0) return os_error(errno, "read capabilities");
  return sets[0].permitted | std::uint64_t{sets[1].permitted} << 32U;
}

// Sealed, so that a container that reaches it through /proc/1/exe cannot change it (CVE-2019-5736).
Result<FileDescriptor> open_init_program() {
  FileDescriptor memory(::memfd_create("tutti-init", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) return os_error(errno, "create a memory file");
  const std::string_view image = init_image();
  if (::write(memory.get(), image.data(), image.size()) != static_cast<ssize_t>(image.size()))
    return os_error(errno, "write the init program");
  if (::fchmod(memory.get(), 0555) < 0) return os_error(errno, "make the init program runnable");
  if (::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) <
      0)
    return os_error(errno, "seal the init program");
  return memory;
}

std::string text_or_nothing(const char* path) { return read_file(path, 1U << 20U).value_or(""); }

}  // namespace

Result<HostFacts> observe_host() {
  HostFacts host;
  auto mounts = read_file("/proc/self/mountinfo");
  if (!mounts) return pass_up(mounts, "look at this host");
  auto cgroups = find_cgroups(*mounts);
  if (!cgroups) return pass_up(cgroups, "look at this host");
  auto capabilities = own_capabilities();
  if (!capabilities) return pass_up(capabilities, "look at this host");
  auto init_program = open_init_program();
  if (!init_program) return pass_up(init_program, "look at this host");
  host.cgroups = std::move(*cgroups);
  host.masked = find_masked();
  host.read_only_paths = find_read_only();
  host.hosts = text_or_nothing("/etc/hosts");
  host.resolv_conf = text_or_nothing("/etc/resolv.conf");
  host.capabilities = *capabilities;
  host.init_program = std::move(*init_program);
  host.descriptor_limit = soft_descriptor_limit();
  return host;
}

}  // namespace runtime
