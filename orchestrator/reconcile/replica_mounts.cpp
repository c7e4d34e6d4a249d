// What a replica sees at which path.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "orchestrator/reconcile/replica.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerName;
using schemas::ErrorKind;
using schemas::fail;
using schemas::MountConfig;
using schemas::Result;
using schemas::ServiceMount;
using schemas::SpecMountKind;

constexpr std::size_t kNameDigits = 12;
constexpr std::uint32_t kTmpfsMode = 01777;
constexpr std::uint32_t kFileMode = 0444;

Result<MountConfig> volume_mount(const Replica& replica, const ServiceMount& mount,
                                 const ContainerName& container) {
  schemas::VolumeMount volume{
      .volume = anonymous_volume(container, mount.target),
      .target = mount.target,
      .access = mount.access,
      .copy_up = mount.nocopy ? schemas::CopyUp::None : schemas::CopyUp::FromImage};
  if (mount.source.empty()) return MountConfig(volume);
  const auto found = replica.spec.volumes.find(mount.source);
  if (found == replica.spec.volumes.end()) {
    return fail(ErrorKind::Invalid, "service {}: volume {} is not declared: add it under volumes",
                replica.service.name, mount.source);
  }
  volume.volume = schemas::VolumeName(found->second.name);
  return MountConfig(volume);
}

Result<MountConfig> mount_of(const Replica& replica, const ServiceMount& mount,
                             const ContainerName& container) {
  switch (mount.kind) {
    case SpecMountKind::Bind:
      return MountConfig(schemas::BindMount{.source = mount.source,
                                            .target = mount.target,
                                            .access = mount.access,
                                            .missing = mount.create_host_path
                                                           ? schemas::MissingSource::CreateDirectory
                                                           : schemas::MissingSource::Refuse});
    case SpecMountKind::Tmpfs:
      return MountConfig(schemas::TmpfsMount{.target = mount.target,
                                             .size = mount.tmpfs_size,
                                             .mode = mount.tmpfs_mode.value_or(kTmpfsMode)});
    case SpecMountKind::Volume:
      break;
  }
  return volume_mount(replica, mount, container);
}

Result<MountConfig> file_mount(const Replica& replica, const schemas::ServiceFile& file,
                               const std::map<std::string, schemas::SpecFile>& files) {
  const auto found = files.find(file.source);
  if (found == files.end()) {
    return fail(ErrorKind::Invalid, "service {}: secret or config {} is not declared",
                replica.service.name, file.source);
  }
  return MountConfig(schemas::FileMount{.source = found->second.file,
                                        .target = file.target,
                                        .uid = file.uid.value_or(0),
                                        .gid = file.gid.value_or(0),
                                        .mode = file.mode.value_or(kFileMode)});
}

// Two mounts at one path would hide each other.
Result<> add(std::map<std::string, MountConfig>& mounts, const Replica& replica,
             Result<MountConfig> mount) {
  if (!mount) return pass_up(mount);
  const std::string target = schemas::target_of(*mount);
  if (mounts.try_emplace(target, *std::move(mount)).second) return {};
  return fail(ErrorKind::Invalid, "service {}: two mounts at {}: remove one of them",
              replica.service.name, target);
}

Result<> add_said(std::map<std::string, MountConfig>& mounts, const Replica& replica,
                  const ContainerName& container) {
  for (const ServiceMount& mount : replica.service.volumes) {
    if (auto added = add(mounts, replica, mount_of(replica, mount, container)); !added) {
      return added;
    }
  }
  for (const schemas::TmpfsMount& tmpfs : replica.service.tmpfs) {
    if (auto added = add(mounts, replica, MountConfig(tmpfs)); !added) return added;
  }
  for (const schemas::ServiceFile& file : replica.service.secrets) {
    auto added = add(mounts, replica, file_mount(replica, file, replica.spec.secrets));
    if (!added) return added;
  }
  for (const schemas::ServiceFile& file : replica.service.configs) {
    auto added = add(mounts, replica, file_mount(replica, file, replica.spec.configs));
    if (!added) return added;
  }
  return {};
}

}  // namespace

Result<std::vector<MountConfig>> replica_mounts(const Replica& replica,
                                                const ContainerName& container) {
  std::map<std::string, MountConfig> by_target;
  if (auto added = add_said(by_target, replica, container); !added) return pass_up(added);
  for (const std::string& target : replica.image.config.volumes) {
    by_target.try_emplace(target,
                          schemas::VolumeMount{.volume = anonymous_volume(container, target),
                                               .target = target,
                                               .access = schemas::Access::ReadWrite,
                                               .copy_up = schemas::CopyUp::FromImage});
  }
  std::vector<MountConfig> mounts;
  mounts.reserve(by_target.size());
  for (auto& [target, mount] : by_target) mounts.push_back(std::move(mount));
  return mounts;
}

schemas::VolumeName anonymous_volume(const ContainerName& container, const std::string& target) {
  return schemas::VolumeName(
      fmt::format("{}_{}", container, schemas::sha256_of(target).hex.substr(0, kNameDigits)));
}

}  // namespace orchestrator
