// A LaunchPlan as text: what golden tests compare.
#include <array>
#include <string_view>

#include "runtime/container/capabilities.hpp"
#include "runtime/container/launch_plan.hpp"
#include "runtime/sys/kernel.hpp"

namespace runtime {

namespace {

std::string_view kind_text(MountKind kind) {
  constexpr std::array<std::string_view, 6> kTexts{"proc",        "sysfs",   "devices",
                                                   "file system", "cgroups", "bind"};
  return kTexts.at(static_cast<std::size_t>(kind));
}

std::string describe_attributes(std::uint64_t attributes) {
  std::string text;
  if ((attributes & kernel::kMountReadOnly) != 0) text += " ro";
  if ((attributes & kernel::kMountNoSuid) != 0) text += " nosuid";
  if ((attributes & kernel::kMountNoDev) != 0) text += " nodev";
  if ((attributes & kernel::kMountNoExec) != 0) text += " noexec";
  return text;
}

std::string describe_mount(const PlannedMount& mount) {
  std::string text = fmt::format("mount {} /{}", kind_text(mount.kind), mount.target);
  if (!mount.source.empty()) text += " from " + mount.source;
  text += describe_attributes(mount.attributes);
  for (const MountOption& option : mount.options)
    text += " " + option.key + (option.value.empty() ? "" : "=" + option.value);
  if (mount.point == MountPoint::File) text += " (file)";
  return text + "\n";
}

std::string describe_capabilities(std::uint64_t capabilities) {
  std::string text;
  for (int number = 0; number <= last_capability(); ++number)
    if ((capabilities >> number & 1U) != 0) text += fmt::format(" {}", capability_name(number));
  return text.empty() ? " none" : text;
}

std::string describe_program(const PlannedProgram& program) {
  std::string text = fmt::format("user {}:{}\ngroups", program.user.uid, program.user.gid);
  for (const std::uint32_t group : program.user.groups) text += fmt::format(" {}", group);
  text += fmt::format("\ncapabilities{}\n", describe_capabilities(program.capabilities));
  if (program.new_privileges == schemas::NewPrivileges::Refused) text += "no new privileges\n";
  text += fmt::format("directory {}\n", program.working_directory);
  for (const std::string& variable : program.environment)
    text += fmt::format("environment {}\n", variable);
  for (const std::string& candidate : program.candidates)
    text += fmt::format("try {}\n", candidate);
  text += program.init ? "run behind init" : "run";
  for (const std::string& argument : program.arguments) text += fmt::format(" [{}]", argument);
  return text + "\n";
}

}  // namespace

std::string describe(const LaunchPlan& plan) {
  std::string text = fmt::format(
      "root {} in {} at {}{}\n", plan.root.options, plan.root.directory, plan.root.mount_point,
      plan.root.access == schemas::Access::ReadOnly ? " (read-only)" : "");
  for (const PlannedMount& mount : plan.mounts) text += describe_mount(mount);
  for (const MaskedPath& path : plan.masked)
    text +=
        fmt::format("mask {}{}\n", path.path, path.kind == MaskedPath::Kind::Directory ? "/" : "");
  for (const std::string& path : plan.read_only_paths) text += fmt::format("read-only {}\n", path);
  for (const PlannedSysctl& sysctl : plan.sysctls)
    text += fmt::format("sysctl {} = {}\n", sysctl.path, sysctl.value);
  text += fmt::format("hostname {}\n", plan.hostname);
  return text + describe_program(plan.program);
}

}  // namespace runtime
