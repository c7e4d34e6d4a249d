// Imports an image: base, layer, configuration, manifest, index, in this order.
#include "runtime/image/import.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "runtime/image/change.hpp"
#include "runtime/image/image_reference.hpp"
#include "runtime/image/layer_import.hpp"
#include "runtime/image/store_files.hpp"
#include "runtime/sys/clock.hpp"

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::ImageReference;
using schemas::Result;

// The image as it will be, before it has a date.
struct Draft {
  std::vector<Descriptor> layers;
  ImageConfiguration configuration;
};

// Go's names for machines, which OCI uses.
Result<std::string> architecture() {
  utsname machine{};
  if (::uname(&machine) < 0) return schemas::os_error(errno, "uname");
  const std::string_view name = machine.machine;
  if (name == "x86_64") return std::string("amd64");
  if (name == "aarch64") return std::string("arm64");
  return std::string(name);
}

Descriptor* find_reference(ImageIndex& index, const ImageReference& reference) {
  const auto found = std::find_if(
      index.manifests.begin(), index.manifests.end(), [&](const Descriptor& descriptor) {
        const auto name = descriptor.annotations.find(std::string(kReferenceAnnotation));
        return name != descriptor.annotations.end() && name->second == reference.text;
      });
  return found == index.manifests.end() ? nullptr : &*found;
}

Result<Draft> draft_of(const StateLayout& layout, const ImportRequest& request) {
  Draft draft;
  if (request.base) {
    auto base = find_image(layout, *request.base);
    if (!base) return pass_up(base, "base");
    auto stored = find_stored(layout, *request.base);
    if (!stored) return pass_up(stored, "base");
    draft.layers = std::move(stored->manifest.layers);
    draft.configuration = std::move(stored->configuration);
  }
  auto machine = architecture();
  if (!machine) return pass_up(machine);
  draft.configuration.architecture = std::move(*machine);
  for (const std::string& change : request.changes) {
    auto changed = apply_change(std::move(draft.configuration.config), change);
    if (!changed) return pass_up(changed);
    draft.configuration.config = std::move(*changed);
  }
  return draft;
}

// The stored image when it is what the draft describes: a second import changes nothing.
std::optional<StoredImage> find_equal(const StateLayout& layout, const Descriptor* descriptor,
                                      const Draft& draft) {
  if (descriptor == nullptr) return {};
  auto stored = load_image(layout, *descriptor);
  if (!stored || stored->manifest.layers != draft.layers) return {};
  ImageConfiguration wanted = draft.configuration;
  wanted.created = stored->configuration.created;
  if (!(stored->configuration == wanted)) return {};
  return std::move(*stored);
}

ImageSummary summary_of(const ImageReference& reference, const StoredImage& image) {
  ImageSummary summary{.reference = reference,
                       .id = image.manifest.config.digest,
                       .manifest = image.descriptor.digest,
                       .created = image.configuration.created};
  for (const Descriptor& layer : image.manifest.layers) summary.size += layer.size;
  return summary;
}

// What is named by something must be on disk before it.
Result<StoredImage> save_image(const StoreFiles& files, Draft draft) {
  draft.configuration.created = wall_now();
  auto configuration =
      save_blob(files, media_type::kConfig, write_configuration(draft.configuration));
  if (!configuration) return pass_up(configuration);
  ImageManifest manifest{.config = std::move(*configuration), .layers = std::move(draft.layers)};
  auto descriptor = save_blob(files, media_type::kManifest, write_manifest(manifest));
  if (!descriptor) return pass_up(descriptor);
  return StoredImage{std::move(*descriptor), std::move(manifest), std::move(draft.configuration)};
}

Result<ImageSummary> keep_image(const StateLayout& layout, const StoreFiles& files,
                                const ImageReference& reference, const PreparedLayer& layer,
                                Draft draft) {
  auto lock = lock_store(files);
  if (!lock) return pass_up(lock);
  auto kept = keep_layer(files, layer);
  if (!kept) return pass_up(kept);
  auto index = load_index(layout);
  if (!index) return pass_up(index);
  Descriptor* named = find_reference(*index, reference);
  if (const auto equal = find_equal(layout, named, draft)) return summary_of(reference, *equal);

  auto image = save_image(files, std::move(draft));
  if (!image) return pass_up(image);
  image->descriptor.annotations[std::string(kReferenceAnnotation)] = reference.text;
  if (named != nullptr)
    *named = image->descriptor;
  else
    index->manifests.push_back(image->descriptor);
  auto saved = save_index(files, *index);
  if (!saved) return pass_up(saved);
  return summary_of(reference, *image);
}

}  // namespace

Result<ImageSummary> import_image(const StateLayout& layout, const ImportRequest& request) {
  auto named = read_image_reference(request.reference.text);
  if (!named) return pass_up(named);
  if (named->digest) {
    return fail(ErrorKind::Invalid, "image reference {}: an import is named by a tag, not a digest",
                request.reference);
  }
  const ImageReference reference = named->familiar();
  auto draft = draft_of(layout, request);
  if (!draft) return pass_up(draft, "import {}", reference);
  auto files = ensure_store(layout);
  if (!files) return pass_up(files, "import {}", reference);
  auto layer = prepare_layer(*files, request.file);
  if (!layer) return pass_up(layer, "import {}", reference);
  draft->layers.push_back(layer->descriptor);
  draft->configuration.layers.push_back(layer->diff_id);
  auto summary = keep_image(layout, *files, reference, *layer, std::move(*draft));
  if (!summary) return pass_up(summary, "import {}", reference);
  return summary;
}

}  // namespace runtime
