// Mounts as records: the part of a ContainerConfig's canonical form with the most kinds.
#pragma once

#include "schemas/vocabulary/config/mount_config.hpp"
#include "schemas/vocabulary/document.hpp"

namespace schemas {

[[nodiscard]] Node write_mount_config(const MountConfig& mount);
[[nodiscard]] Result<MountConfig> read_mount_config(const Node& node);

}  // namespace schemas
