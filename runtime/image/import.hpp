// `image import`: makes an image of the store out of a root file system tar.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/image/store.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"

namespace runtime {

struct ImportRequest {
  std::string file;  // a tar, plain or gzip; "-" is standard input
  schemas::ImageReference reference;
  std::optional<schemas::ImageReference> base;  // its layers go below, its config is inherited
  std::vector<std::string> changes;  // "CMD [\"redis-server\"]", as `docker import --change`
};

// Returns when the image is on disk to stay. Importing the same tar with the same changes again
// leaves the image as it is (same id) and costs one reading of the file. Any number of processes
// may import at once; one that is killed leaves the store as it was, and its litter is removed by
// the next import. Needs root: the layer is unpacked with its owners and devices.
[[nodiscard]] schemas::Result<ImageSummary> import_image(const StateLayout& layout,
                                                         const ImportRequest& request);

}  // namespace runtime
