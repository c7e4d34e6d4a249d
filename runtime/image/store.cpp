// Looks images up in the store.
#include "runtime/image/store.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "runtime/image/image_reference.hpp"
#include "runtime/image/store_files.hpp"

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::ImageReference;
using schemas::Result;

std::string reference_of(const Descriptor& descriptor) {
  const auto found = descriptor.annotations.find(std::string(kReferenceAnnotation));
  return found == descriptor.annotations.end() ? std::string{} : found->second;
}

bool is_named(const Descriptor& descriptor, const NamedImage& wanted) {
  const std::string reference = reference_of(descriptor);
  if (!wanted.digest) return reference == wanted.familiar().text;
  const auto name = read_image_reference(reference);
  return descriptor.digest == *wanted.digest && name &&
         name->familiar_name() == wanted.familiar_name();
}

Result<StoredImage> not_found(const ImageReference& reference) {
  return fail(ErrorKind::NotFound,
              "image {} is not in the store; `tutti image import FILE {}` puts it there, `tutti "
              "image ls` shows what is",
              reference, reference);
}

Result<StoredImage> find_by_id(const StateLayout& layout, const ImageIndex& index,
                               const ImageReference& reference, const schemas::Digest& id) {
  for (const Descriptor& descriptor : index.manifests) {
    auto image = load_image(layout, descriptor);
    if (image && image->manifest.config.digest == id) return image;
  }
  return not_found(reference);
}

}  // namespace

Result<StoredImage> find_stored(const StateLayout& layout, const ImageReference& reference) {
  auto index = load_index(layout);
  if (!index) return pass_up(index);
  if (const auto id = schemas::read_digest(reference.text); id)
    return find_by_id(layout, *index, reference, *id);
  auto wanted = read_image_reference(reference.text);
  if (!wanted) return pass_up(wanted);
  for (const Descriptor& descriptor : index->manifests) {
    if (is_named(descriptor, *wanted)) return load_image(layout, descriptor);
  }
  return not_found(reference);
}

std::string layer_directory(const StateLayout& layout, const schemas::Digest& diff_id) {
  return layout.layers() + "/" + diff_id.hex;
}

Result<schemas::Image> find_image(const StateLayout& layout, const ImageReference& reference) {
  auto stored = find_stored(layout, reference);
  if (!stored) return pass_up(stored);
  for (const schemas::Digest& layer : stored->configuration.layers) {
    struct stat status {};
    if (::stat(layer_directory(layout, layer).c_str(), &status) == 0 && S_ISDIR(status.st_mode))
      continue;
    return fail(ErrorKind::Invalid, "image {}: its layer {} is gone from disk; import it again",
                reference, layer.short_text());
  }
  return schemas::Image{.reference = reference,
                        .id = stored->manifest.config.digest,
                        .manifest = stored->descriptor.digest,
                        .layers = std::move(stored->configuration.layers),
                        .config = std::move(stored->configuration.config)};
}

Result<std::vector<ImageSummary>> list_images(const StateLayout& layout) {
  auto index = load_index(layout);
  if (!index) return pass_up(index);
  std::vector<ImageSummary> summaries;
  for (const Descriptor& descriptor : index->manifests) {
    const std::string reference = reference_of(descriptor);
    auto stored = load_image(layout, descriptor);
    if (!stored) return pass_up(stored, "image {}", reference);
    std::int64_t size = 0;
    for (const Descriptor& layer : stored->manifest.layers) size += layer.size;
    summaries.push_back({.reference = ImageReference(reference),
                         .id = stored->manifest.config.digest,
                         .manifest = descriptor.digest,
                         .created = stored->configuration.created,
                         .size = size});
  }
  std::sort(summaries.begin(), summaries.end(),
            [](const auto& left, const auto& right) { return left.reference < right.reference; });
  return summaries;
}

}  // namespace runtime
