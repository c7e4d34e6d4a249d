// Finds, makes, opens, empties and removes cgroups.
#include "runtime/container/cgroup.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <set>

#include "runtime/container/device_rules.hpp"
#include "runtime/sys/files.hpp"
#include "runtime/sys/process.hpp"

namespace runtime {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

namespace {

constexpr int kDiscardWait = 1000;  // milliseconds
constexpr std::string_view kDevices = "devices";

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return pieces;
}

bool has_controller(const CgroupHierarchy& hierarchy, std::string_view controller) {
  const auto names = split(hierarchy.controllers, ',');
  return std::find(names.begin(), names.end(), controller) != names.end();
}

// Every hierarchy's directory for this path; with `hierarchies` in the same order.
std::vector<std::string> directories_of(const CgroupHost& host, const std::string& path) {
  std::vector<std::string> directories;
  if (!host.unified.empty()) directories.push_back(host.unified + "/" + path);
  for (const CgroupHierarchy& hierarchy : host.legacy)
    directories.push_back(hierarchy.directory + "/" + path);
  return directories;
}

Result<> write_text(const FileDescriptor& directory, const std::string& file,
                    std::string_view text) {
  const FileDescriptor opened(::openat(directory.get(), file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!opened) return os_error(errno, "open {}", file);
  if (::write(opened.get(), text.data(), text.size()) < 0)
    return os_error(errno, "write \"{}\" to {}", text, file);
  return {};
}

// On a v2 tree controllers are handed down one level at a time. One that is not there is only
// missed (and reported) when a limit needs its file.
void hand_down_controllers(const std::string& directory) {
  const FileDescriptor opened(
      ::open((directory + "/cgroup.subtree_control").c_str(), O_WRONLY | O_CLOEXEC));
  if (!opened) return;
  for (const std::string_view controller : {"+cpu", "+memory", "+pids"})
    static_cast<void>(::write(opened.get(), controller.data(), controller.size()) < 0);
}

void make_levels_above(const std::string& base, const std::string& path, CgroupVersion version) {
  for (std::size_t slash = 0; slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string level = base + "/" + path.substr(0, slash);
    static_cast<void>(::mkdir(level.c_str(), 0755));
    if (version == CgroupVersion::V2) hand_down_controllers(level);
  }
}

// Makes `path` below `base` anew: what an older start left (device rules, counters) must not be met
// again. Another process may remove an empty upper level meanwhile (discard_cgroup), so the way is
// walked a few times.
Result<FileDescriptor> make_directory(const std::string& base, const std::string& path,
                                      CgroupVersion version) {
  const std::string whole = base + "/" + path;
  for (int attempt = 0; attempt < 4; ++attempt) {
    if (::mkdir(whole.c_str(), 0755) == 0) {
      FileDescriptor opened(::open(whole.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!opened) return os_error(errno, "open cgroup {}", whole);
      return opened;
    }
    if (errno == ENOENT)
      make_levels_above(base, path, version);
    else if (errno != EEXIST)
      return os_error(errno, "create cgroup {}", whole);
    else if (::rmdir(whole.c_str()) < 0 && errno != ENOENT)
      return os_error(errno, "remove the old cgroup {}", whole);
  }
  return fail(ErrorKind::Busy, "cgroup {} is being removed", whole);
}

Result<> apply_settings(const FileDescriptor& directory, const std::vector<CgroupSetting>& settings,
                        const CgroupHierarchy* hierarchy) {
  for (const CgroupSetting& setting : settings) {
    if (hierarchy != nullptr && !has_controller(*hierarchy, setting.controller)) continue;
    auto written = write_text(directory, setting.file, setting.text);
    if (written) continue;
    const bool missing = written.error().kind() == ErrorKind::NotFound;
    if (missing && setting.missing == CgroupSetting::Missing::Ignore) continue;
    if (missing)
      return fail(ErrorKind::NotFound, "this host's kernel has no {} control group controller",
                  setting.controller);
    return pass_up(written);
  }
  return {};
}

Result<> write_device_lines(const FileDescriptor& directory) {
  auto denied = write_text(directory, "devices.deny", "a");
  if (!denied) return pass_up(denied);
  const FileDescriptor allow(::openat(directory.get(), "devices.allow", O_WRONLY | O_CLOEXEC));
  if (!allow) return os_error(errno, "open devices.allow");
  for (const DeviceRule& rule : default_device_rules()) {
    const std::string line = write_device_rule(rule);
    if (::write(allow.get(), line.data(), line.size()) < 0)
      return os_error(errno, "write \"{}\" to devices.allow", line);
  }
  return {};
}

std::uint64_t read_counter(const std::string& path, std::string_view key) {
  const auto text = read_file(path, 4096);
  if (!text) return 0;
  for (const std::string_view line : split(*text, '\n')) {
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ' ') continue;
    std::uint64_t value = 0;
    const std::string_view digits = line.substr(key.size() + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  return 0;
}

std::set<pid_t> read_processes(const std::string& directory) {
  std::set<pid_t> processes;
  const auto text = read_file(directory + "/cgroup.procs");
  if (!text) return processes;
  for (const std::string_view line : split(*text, '\n')) {
    pid_t pid = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), pid).ec == std::errc{})
      processes.insert(pid);
  }
  return processes;
}

// A v1-only host has no cgroup.kill: signal each process, until a look shows nobody new.
Result<> kill_one_by_one(const std::string& directory) {
  std::set<pid_t> killed;
  for (bool found_new = true; found_new;) {
    found_new = false;
    for (const pid_t pid : read_processes(directory)) {
      if (!killed.insert(pid).second) continue;
      found_new = true;
      const FileDescriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
      // With the pid pinned, membership must be looked at again: it may have been reused before.
      if (!pidfd || !read_processes(directory).contains(pid)) continue;
      auto sent = send_signal(pidfd, SIGKILL);
      if (!sent) return sent;
    }
  }
  return {};
}

// Waits for the kernel's word that the cgroup is empty: only after SIGKILL, and not for long.
void wait_until_empty(const CgroupHost& host, const std::string& path) {
  if (host.unified.empty()) return;
  const std::string events = host.unified + "/" + path + "/cgroup.events";
  const FileDescriptor file(::open(events.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return;
  pollfd watched{file.get(), POLLPRI, 0};
  while (is_populated(host, path))
    if (::poll(&watched, 1, kDiscardWait) <= 0) return;
}

Result<> remove_directory(const std::string& directory) {
  if (::rmdir(directory.c_str()) == 0 || errno == ENOENT) return {};
  return os_error(errno, "remove cgroup {}", directory);
}

Result<> remove_directories(const CgroupHost& host, const std::string& path) {
  for (const std::string& directory : directories_of(host, path)) {
    auto removed = remove_directory(directory);
    if (!removed) return removed;
  }
  return {};
}

// Where v1 has no devices hierarchy the v2 tree must do it: never a container without the rules.
Result<> rule_devices(const CgroupHost& host, const CgroupEntrance& entrance) {
  const bool ruled_by_v1 =
      std::any_of(host.legacy.begin(), host.legacy.end(),
                  [](const auto& hierarchy) { return has_controller(hierarchy, kDevices); });
  if (ruled_by_v1) return {};
  if (!entrance.unified)
    return fail(ErrorKind::NotFound,
                "this host has neither a devices hierarchy nor a v2 control group tree; mount one: "
                "mount -t cgroup -o devices devices /sys/fs/cgroup/devices");
  return attach_device_rules(entrance.unified, default_device_rules());
}

}  // namespace

Result<CgroupEntrance> create_cgroup(const CgroupHost& host, const std::string& path,
                                     const schemas::ResourceLimits& limits) {
  const std::string first = directories_of(host, path).front();
  if (::access(first.c_str(), F_OK) == 0) {
    auto discarded = discard_cgroup(host, path);
    if (!discarded) return pass_up(discarded);
  }
  CgroupEntrance entrance;
  if (!host.unified.empty()) {
    auto made = make_directory(host.unified, path, CgroupVersion::V2);
    if (!made) return pass_up(made);
    entrance.unified = std::move(*made);
  }
  if (host.kind == CgroupKind::Unified) {
    auto applied =
        apply_settings(entrance.unified, settings_for(limits, CgroupVersion::V2), nullptr);
    if (!applied) return pass_up(applied, "cgroup {}", path);
    auto ruled = rule_devices(host, entrance);
    if (!ruled) return pass_up(ruled, "cgroup {}", path);
    return entrance;
  }
  const auto settings = settings_for(limits, CgroupVersion::V1);
  for (const CgroupHierarchy& hierarchy : host.legacy) {
    auto made = make_directory(hierarchy.directory, path, CgroupVersion::V1);
    if (!made) return pass_up(made);
    auto applied = apply_settings(*made, settings, &hierarchy);
    if (applied && has_controller(hierarchy, kDevices)) applied = write_device_lines(*made);
    if (!applied) return pass_up(applied, "cgroup {}", path);
    FileDescriptor tasks(::openat(made->get(), "tasks", O_WRONLY | O_CLOEXEC));
    if (!tasks) return os_error(errno, "open tasks of cgroup {}", path);
    entrance.tasks.push_back(std::move(tasks));
  }
  auto ruled = rule_devices(host, entrance);
  if (!ruled) return pass_up(ruled, "cgroup {}", path);
  return entrance;
}

Result<CgroupEntrance> open_cgroup(const CgroupHost& host, const std::string& path) {
  CgroupEntrance entrance;
  if (!host.unified.empty()) {
    const std::string directory = host.unified + "/" + path;
    entrance.unified =
        FileDescriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!entrance.unified) return os_error(errno, "open cgroup {}", directory);
  }
  for (const CgroupHierarchy& hierarchy : host.legacy) {
    const std::string file = hierarchy.directory + "/" + path + "/tasks";
    FileDescriptor tasks(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (!tasks) return os_error(errno, "open {}", file);
    entrance.tasks.push_back(std::move(tasks));
  }
  return entrance;
}

Result<> kill_cgroup(const CgroupHost& host, const std::string& path) {
  for (const std::string& directory : directories_of(host, path)) {
    const FileDescriptor kill(::open((directory + "/cgroup.kill").c_str(), O_WRONLY | O_CLOEXEC));
    if (kill) {
      if (::write(kill.get(), "1", 1) < 0) return os_error(errno, "kill cgroup {}", directory);
      return {};
    }
    auto killed = kill_one_by_one(directory);
    if (!killed) return pass_up(killed, "cgroup {}", directory);
  }
  return {};
}

bool is_populated(const CgroupHost& host, const std::string& path) {
  if (!host.unified.empty())
    return read_counter(host.unified + "/" + path + "/cgroup.events", "populated") != 0;
  const auto directories = directories_of(host, path);
  return std::any_of(directories.begin(), directories.end(),
                     [](const auto& directory) { return !read_processes(directory).empty(); });
}

std::uint64_t count_oom_kills(const CgroupHost& host, const std::string& path) {
  for (const CgroupHierarchy& hierarchy : host.legacy)
    if (has_controller(hierarchy, "memory"))
      return read_counter(hierarchy.directory + "/" + path + "/memory.oom_control", "oom_kill");
  if (host.unified.empty()) return 0;
  return read_counter(host.unified + "/" + path + "/memory.events", "oom_kill");
}

Result<> discard_cgroup(const CgroupHost& host, const std::string& path) {
  auto removed = remove_directories(host, path);
  if (!removed && removed.error().kind() == ErrorKind::Busy) {
    auto killed = kill_cgroup(host, path);
    if (!killed) return killed;
    wait_until_empty(host, path);
    removed = remove_directories(host, path);
  }
  if (!removed) return removed;
  // The levels above go with their last child; while they have others rmdir(2) refuses.
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash != 0;
       slash = path.rfind('/', slash - 1))
    for (const std::string& directory : directories_of(host, path.substr(0, slash)))
      static_cast<void>(::rmdir(directory.c_str()));
  return {};
}

}  // namespace runtime
