// Small files of an image that is not mounted: looked up in its layers as overlayfs would.
#pragma once

#include <string>
#include <vector>

#include "schemas/vocabulary/error.hpp"

namespace runtime {

inline constexpr std::size_t kLargestImageFile = 1U << 20U;

// `directories`: upper first, base last. Empty when there is no such file; Invalid when it is no
// regular file or too large. Links are followed within these directories only.
[[nodiscard]] schemas::Result<std::string> read_image_file(
    const std::vector<std::string>& directories, const std::string& path);

}  // namespace runtime
