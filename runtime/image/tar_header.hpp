// One 512-byte header block of a tar archive, field by field (POSIX ustar and the GNU variant).
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "schemas/vocabulary/error.hpp"

namespace runtime {

inline constexpr std::size_t kTarBlock = 512;

//  0     100  108 116 124  136   148      156  157      257   263     329      337      345
//  name  mode uid gid size mtime checksum type linkname magic owners  devmajor devminor prefix
struct TarHeader {
  std::string path;  // prefix and name joined
  std::string link_target;
  char type{'0'};
  std::uint32_t mode{0};
  std::int64_t uid{0};
  std::int64_t gid{0};
  std::int64_t size{0};
  std::int64_t modified{0};  // seconds
  std::int64_t device_major{0};
  std::int64_t device_minor{0};
};

// Nothing for a block of zeros (the end of an archive); Invalid for a bad checksum or number.
[[nodiscard]] schemas::Result<std::optional<TarHeader>> read_tar_header(
    std::span<const std::byte, kTarBlock> block);

}  // namespace runtime
