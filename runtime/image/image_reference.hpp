// How an image is named: the docker-style familiar form and what it stands for. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schemas/vocabulary/digest.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"

namespace runtime {

// A parsed reference: "redis" is {"docker.io/library/redis", "latest"} and prints as
// "redis:latest".
struct NamedImage {
  std::string registry;    // "docker.io"
  std::string repository;  // "library/redis"
  std::string tag;         // "latest" when neither tag nor digest was said; else may be empty
  std::optional<schemas::Digest> digest;  // "@sha256:..."

  [[nodiscard]] std::string familiar_name() const;  // "redis", "tutti/base", "quay.io/a/b"
  // The name under which the store keeps the image: "redis:latest", without a digest.
  [[nodiscard]] schemas::ImageReference familiar() const;
  friend bool operator==(const NamedImage&, const NamedImage&) = default;
};

// Invalid when the text breaks the grammar of references (distribution/reference).
[[nodiscard]] schemas::Result<NamedImage> read_image_reference(std::string_view text);

// "redis" -> "redis:latest", "docker.io/library/redis:7" -> "redis:7".
[[nodiscard]] schemas::Result<schemas::ImageReference> normalise(
    const schemas::ImageReference& reference);

}  // namespace runtime
