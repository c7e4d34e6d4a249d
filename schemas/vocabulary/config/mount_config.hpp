// What a container sees at a path: a host path, a volume, memory, or one file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "schemas/vocabulary/names.hpp"

namespace schemas {

enum class Access : std::uint8_t { ReadWrite, ReadOnly };
enum class MissingSource : std::uint8_t { Refuse, CreateDirectory };

// A file or directory of the host.
struct BindMount {
  std::string source;  // absolute path on the host
  std::string target;  // absolute path in the container
  Access access{Access::ReadWrite};
  MissingSource missing{MissingSource::CreateDirectory};
  friend bool operator==(const BindMount&, const BindMount&) = default;
};

enum class CopyUp : std::uint8_t { FromImage, None };  // None: compose's `nocopy`

// A named or anonymous volume; an empty one is first filled from the image.
struct VolumeMount {
  VolumeName volume;
  std::string target;
  Access access{Access::ReadWrite};
  CopyUp copy_up{CopyUp::FromImage};
  friend bool operator==(const VolumeMount&, const VolumeMount&) = default;
};

// Memory: nosuid, nodev, noexec unless said otherwise, as Docker.
struct TmpfsMount {
  std::string target;
  std::optional<std::int64_t> size;  // bytes
  std::uint32_t mode{01777};
  friend bool operator==(const TmpfsMount&, const TmpfsMount&) = default;
};

// A secret or config: one read-only file, copied when the container is created.
struct FileMount {
  std::string source;  // absolute path on the host
  std::string target;
  std::uint32_t uid{0};
  std::uint32_t gid{0};
  std::uint32_t mode{0444};
  friend bool operator==(const FileMount&, const FileMount&) = default;
};

using MountConfig = std::variant<BindMount, VolumeMount, TmpfsMount, FileMount>;

[[nodiscard]] const std::string& target_of(const MountConfig& mount);

enum class VolumeLife : std::uint8_t { Named, Anonymous };

// A volume as it is wanted.
struct VolumeConfig {
  VolumeName name;
  VolumeLife life{VolumeLife::Named};
  friend bool operator==(const VolumeConfig&, const VolumeConfig&) = default;
};

}  // namespace schemas
