// Finds the cgroup trees of this host in its mount table.
#include <algorithm>
#include <array>

#include "runtime/container/cgroup.hpp"

namespace runtime {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Result;

namespace {

constexpr std::array<std::string_view, 4> kControllers{"cpu", "devices", "memory", "pids"};
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return pieces;
}

// The controllers of `options` that we use, as the directory's name: "cpu,cpuacct" stays together.
bool has_used_controller(std::string_view name) {
  for (const std::string_view controller : split(name, ','))
    if (std::find(kControllers.begin(), kControllers.end(), controller) != kControllers.end())
      return true;
  return false;
}

}  // namespace

Result<CgroupHost> find_cgroups(std::string_view mountinfo) {
  CgroupHost host;
  for (const std::string_view line : split(mountinfo, '\n')) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto fields = split(line.substr(0, dash), ' ');
    const auto file_system = split(line.substr(dash + 3), ' ');
    if (fields.size() < 6 || file_system.size() < 3) continue;
    const std::string directory(fields[4]);
    if (file_system[0] == "cgroup2" && host.unified.empty()) host.unified = directory;
    if (file_system[0] != "cgroup") continue;
    // The last part of the mount point names the controllers as everybody does: "cpu,cpuacct".
    const std::string name = directory.substr(directory.rfind('/') + 1);
    const bool known = std::any_of(host.legacy.begin(), host.legacy.end(),
                                   [&](const auto& seen) { return seen.controllers == name; });
    if (!known && has_used_controller(name)) host.legacy.push_back({name, directory});
  }
  std::sort(host.legacy.begin(), host.legacy.end(),
            [](const auto& a, const auto& b) { return a.controllers < b.controllers; });
  if (host.unified.empty() && host.legacy.empty())
    return fail(ErrorKind::NotFound,
                "no cgroup tree is mounted; mount one: mount -t cgroup2 none /sys/fs/cgroup");
  if (host.legacy.empty())
    host.kind = CgroupKind::Unified;
  else
    host.kind = host.unified.empty() ? CgroupKind::Legacy : CgroupKind::Hybrid;
  return host;
}

}  // namespace runtime
