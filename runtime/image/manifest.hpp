// The JSON documents of an OCI image layout: index, manifest, image configuration (OCI
// image-spec 1.1). Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary/config/image_config.hpp"
#include "schemas/vocabulary/digest.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace runtime {

namespace media_type {
inline constexpr std::string_view kIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kLayer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view kLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
}  // namespace media_type

// Names an entry of index.json: the reference under which the store keeps the image.
inline constexpr std::string_view kReferenceAnnotation = "org.opencontainers.image.ref.name";

// A blob by content.
struct Descriptor {
  std::string media_type;
  schemas::Digest digest;
  std::int64_t size{0};
  std::map<std::string, std::string> annotations;
  friend bool operator==(const Descriptor&, const Descriptor&) = default;
};

struct ImageIndex {
  std::vector<Descriptor> manifests;
  friend bool operator==(const ImageIndex&, const ImageIndex&) = default;
};

struct ImageManifest {
  Descriptor config;
  std::vector<Descriptor> layers;  // base first
  friend bool operator==(const ImageManifest&, const ImageManifest&) = default;
};

struct ImageConfiguration {
  schemas::WallTime created;
  std::string architecture;  // "amd64"
  std::string os{"linux"};
  schemas::ImageConfig config;
  std::vector<schemas::Digest> layers;  // diff ids, base first
  friend bool operator==(const ImageConfiguration&, const ImageConfiguration&) = default;
};

// Equal values give equal bytes, so an image that is made again keeps its digest. `name` is for
// errors. A text with both "layers" and "manifests" is refused: it would be two things at once.
[[nodiscard]] std::string write_index(const ImageIndex& index);
[[nodiscard]] schemas::Result<ImageIndex> read_index(std::string_view text, std::string name);
[[nodiscard]] std::string write_manifest(const ImageManifest& manifest);
[[nodiscard]] schemas::Result<ImageManifest> read_manifest(std::string_view text, std::string name);
[[nodiscard]] std::string write_configuration(const ImageConfiguration& configuration);
[[nodiscard]] schemas::Result<ImageConfiguration> read_configuration(std::string_view text,
                                                                     std::string name);

}  // namespace runtime
