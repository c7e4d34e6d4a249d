// Decides every mount, path and argument of a start, and prints the decision.
#include "runtime/container/launch_plan.hpp"

#include <algorithm>
#include <map>

#include "runtime/container/capabilities.hpp"
#include "runtime/sys/kernel.hpp"

namespace runtime {

using schemas::Access;
using schemas::ContainerConfig;
using schemas::ErrorKind;
using schemas::fail;
using schemas::NetworkMode;
using schemas::Result;

namespace {

constexpr std::size_t kLargestOptions = 4095;  // mount(2): one page, with its end
constexpr std::int64_t kDefaultShmSize = 64 << 20;
constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::uint64_t kHarmless =
    kernel::kMountNoSuid | kernel::kMountNoDev | kernel::kMountNoExec;
constexpr std::uint64_t kStrictAtime = 0x20;

Result<PlannedRoot> plan_root(const ContainerConfig& config, const StateLayout& layout,
                              const schemas::ProjectName& project) {
  if (config.layers.empty())
    return fail(ErrorKind::Invalid, "image {} has no layers: there is nothing to run in it",
                config.image);
  const std::string place = "../projects/" + project.text + "/containers/" + config.name.text;
  std::string options = "lowerdir=";
  for (auto layer = config.layers.rbegin(); layer != config.layers.rend(); ++layer)
    options += (layer == config.layers.rbegin() ? "" : ":") + layer->hex;
  // volatile: else every unmount syncs the whole file system below (overlayfs.rst).
  options += ",upperdir=" + place + "/upper,workdir=" + place + "/work,volatile";
  if (options.size() > kLargestOptions)
    return fail(ErrorKind::Invalid,
                "image {} has {} layers, which is more than the kernel mounts at once; squash it",
                config.image, config.layers.size());
  return PlannedRoot{.directory = layout.layers(),
                     .mount_point = place + "/rootfs",
                     .options = std::move(options),
                     .access = config.root_access};
}

PlannedMount file_system(const char* type, const char* target, std::vector<MountOption> options) {
  return {.kind = MountKind::FileSystem,
          .target = target,
          .source = type,
          .options = std::move(options),
          .attributes = kHarmless};
}

std::vector<PlannedMount> default_mounts(const ContainerConfig& config) {
  PlannedMount pseudo_terminals =
      file_system("devpts", "dev/pts", {{"ptmxmode", "0666"}, {"mode", "0620"}, {"gid", "5"}});
  pseudo_terminals.attributes = kernel::kMountNoSuid | kernel::kMountNoExec;
  return {
      {.kind = MountKind::Proc, .target = "proc", .attributes = kHarmless},
      {.kind = MountKind::Devices,
       .target = "dev",
       .options = {{"mode", "755"}, {"size", "65536k"}},
       .attributes = kernel::kMountNoSuid | kStrictAtime},
      std::move(pseudo_terminals),
      file_system(
          "tmpfs", "dev/shm",
          {{"mode", "1777"}, {"size", std::to_string(config.shm_size.value_or(kDefaultShmSize))}}),
      file_system("mqueue", "dev/mqueue", {}),
      {.kind = MountKind::Sysfs, .target = "sys", .attributes = kHarmless | kernel::kMountReadOnly},
      {.kind = MountKind::CgroupView,
       .target = "sys/fs/cgroup",
       .attributes = kHarmless | kernel::kMountReadOnly}};
}

void add_etc_files(std::vector<PlannedMount>& mounts, const ContainerConfig& config,
                   const std::string& place) {
  for (const char* name : {"hostname", "hosts", "resolv.conf"})
    mounts.push_back(
        {.kind = MountKind::Bind,
         .target = std::string("etc/") + name,
         .source = place + "/etc/" + name,
         .attributes = config.root_access == Access::ReadOnly ? kernel::kMountReadOnly : 0,
         .point = MountPoint::File});
}

// One overload for each kind of mount that a user may ask for; `place` is the container's
// directory.
struct UserMount {
  const StateLayout& layout;
  const std::string& place;
  std::size_t number;  // in config.mounts: the name of a copied file

  PlannedMount operator()(const schemas::BindMount& mount) const {
    return {.source = mount.source, .attributes = read_only_if(mount.access)};
  }
  PlannedMount operator()(const schemas::VolumeMount& mount) const {
    return {.source = layout.volume_data(mount.volume), .attributes = read_only_if(mount.access)};
  }
  PlannedMount operator()(const schemas::FileMount&) const {
    return {.source = place + "/files/" + std::to_string(number),
            .attributes = kernel::kMountReadOnly};
  }
  PlannedMount operator()(const schemas::TmpfsMount& mount) const {
    PlannedMount planned = file_system("tmpfs", "", {{"mode", fmt::format("{:o}", mount.mode)}});
    if (mount.size) planned.options.push_back({"size", std::to_string(*mount.size)});
    return planned;
  }

  static std::uint64_t read_only_if(Access access) {
    return access == Access::ReadOnly ? kernel::kMountReadOnly : 0;
  }
};

bool lies_below(std::string_view path, std::string_view directory) {
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

// "/data/" -> "data"; the container's root itself and what must stay the kernel's are refused.
Result<std::string> read_target(const std::string& target) {
  if (target.empty() || target.front() != '/')
    return fail(ErrorKind::Invalid, "mount target {} is not an absolute path", target);
  std::string relative;
  for (std::size_t start = 1; start < target.size();) {
    const std::size_t end = std::min(target.find('/', start), target.size());
    const std::string part = target.substr(start, end - start);
    if (part == "..") return fail(ErrorKind::Invalid, "mount target {} contains \"..\"", target);
    if (!part.empty() && part != ".") relative += (relative.empty() ? "" : "/") + part;
    start = end + 1;
  }
  if (relative.empty()) return fail(ErrorKind::Invalid, "nothing can be mounted on / itself");
  if (relative == "proc" || lies_below(relative, "proc"))
    return fail(ErrorKind::Invalid, "nothing can be mounted on {}: /proc is the kernel's", target);
  return relative;
}

// A user's mount takes the place of ours on the same path, and on /dev also of those below.
void replace_defaults(std::vector<PlannedMount>& mounts, const std::string& target) {
  std::erase_if(mounts, [&](const PlannedMount& mount) {
    if (mount.owner == MountOwner::User) return false;
    return mount.target == target || (target == "dev" && lies_below(mount.target, target));
  });
}

Result<std::vector<PlannedMount>> plan_mounts(const ContainerConfig& config,
                                              const StateLayout& layout, const std::string& place,
                                              const LaunchFacts& facts) {
  std::vector<PlannedMount> mounts = default_mounts(config);
  add_etc_files(mounts, config, place);
  std::vector<PlannedMount> wanted;
  for (std::size_t i = 0; i < config.mounts.size(); ++i) {
    PlannedMount mount = std::visit(UserMount{layout, place, i}, config.mounts[i]);
    auto target = read_target(schemas::target_of(config.mounts[i]));
    if (!target) return pass_up(target);
    mount.target = std::move(*target);
    mount.owner = MountOwner::User;
    mount.point = facts.sources.at(i);
    replace_defaults(mounts, mount.target);
    wanted.push_back(std::move(mount));
  }
  // A path before what lies below it, else the upper mount would hide the lower one.
  std::stable_sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) {
    return std::ranges::count(a.target, '/') < std::ranges::count(b.target, '/');
  });
  std::ranges::move(wanted, std::back_inserter(mounts));
  return mounts;
}

std::vector<PlannedSysctl> plan_sysctls(const ContainerConfig& config) {
  if (config.network_mode == NetworkMode::Host) return {};
  return {{"net/ipv4/ping_group_range", "0 2147483647"},
          {"net/ipv4/ip_unprivileged_port_start", "0"}};
}

std::vector<std::string> find_candidates(const std::string& program, std::string_view path) {
  if (program.find('/') != std::string::npos) return {program};
  std::vector<std::string> candidates;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = path.find(':');
    const std::string directory(path.substr(0, end));
    if (directory.starts_with('/')) candidates.push_back(directory + "/" + program);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return candidates;
}

}  // namespace

Result<PlannedProgram> plan_program(const ContainerConfig& config, const ProcessUser& user,
                                    const HostFacts& host) {
  if (config.command.empty() || config.command.front().empty())
    return fail(ErrorKind::Invalid,
                "there is no command: neither the image nor the project file has one");
  auto capabilities = capability_set(config.cap_add, config.cap_drop, host.capabilities);
  if (!capabilities) return pass_up(capabilities);
  std::map<std::string, std::string> environment = config.environment;
  environment.try_emplace("PATH", kDefaultPath);
  environment.try_emplace("HOSTNAME", config.hostname);
  environment.try_emplace("HOME", user.home);
  PlannedProgram program{.arguments = config.command,
                         .candidates = find_candidates(config.command.front(), environment["PATH"]),
                         .working_directory = config.working_directory,
                         .user = user,
                         .capabilities = *capabilities,
                         .new_privileges = config.new_privileges,
                         .init = config.init};
  if (program.working_directory.empty()) program.working_directory = "/";
  for (const auto& [key, value] : environment) program.environment.push_back(key + "=" + value);
  return program;
}

Result<LaunchPlan> plan_launch(const ContainerConfig& config, const StateLayout& layout,
                               const schemas::ProjectName& project, const LaunchFacts& facts,
                               const HostFacts& host) {
  auto root = plan_root(config, layout, project);
  if (!root) return pass_up(root);
  auto mounts = plan_mounts(config, layout, layout.container(project, config.name), facts);
  if (!mounts) return pass_up(mounts);
  auto program = plan_program(config, facts.user, host);
  if (!program) return pass_up(program);
  return LaunchPlan{.root = std::move(*root),
                    .mounts = std::move(*mounts),
                    .masked = host.masked,
                    .read_only_paths = host.read_only_paths,
                    .sysctls = plan_sysctls(config),
                    .hostname = config.hostname,
                    .program = std::move(*program)};
}

}  // namespace runtime
