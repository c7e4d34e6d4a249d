// The image store: an OCI image layout in layout.images(), one unpacked tree per layer in
// layout.layers().
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/config/image_config.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace runtime {

// One line of `image ls`.
struct ImageSummary {
  schemas::ImageReference reference;  // "tutti/base:latest"
  schemas::Digest id;
  schemas::Digest manifest;
  schemas::WallTime created;
  std::int64_t size{0};  // bytes of all its layer blobs
  friend bool operator==(const ImageSummary&, const ImageSummary&) = default;
};

// The image that a reference names: by name ("redis", "redis:7", "redis@sha256:..."), or by id
// ("sha256:" and 64 digits). NotFound when the store has none, Invalid when what it has is damaged.
// Three small reads and one stat a layer; needs no lock.
[[nodiscard]] schemas::Result<schemas::Image> find_image(const StateLayout& layout,
                                                         const schemas::ImageReference& reference);

// Sorted by reference.
[[nodiscard]] schemas::Result<std::vector<ImageSummary>> list_images(const StateLayout& layout);

// The unpacked tree of a layer: a lower directory for an overlay. Read-only by contract.
[[nodiscard]] std::string layer_directory(const StateLayout& layout,
                                          const schemas::Digest& diff_id);

}  // namespace runtime
