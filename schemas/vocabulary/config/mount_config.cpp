// What all kinds of mounts have in common.
#include "schemas/vocabulary/config/mount_config.hpp"

namespace schemas {

const std::string& target_of(const MountConfig& mount) {
  return std::visit([](const auto& kind) -> const std::string& { return kind.target; }, mount);
}

}  // namespace schemas
