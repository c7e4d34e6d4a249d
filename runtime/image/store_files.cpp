// Opens, reads and writes the files of the image store.
#include "runtime/image/store_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <utility>

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Result;

constexpr std::size_t kLargestDocument = 4U << 20U;
constexpr const char* kIndexName = "index.json";

// Writers hold the store's lock, so a temporary file that is there belongs to a killed one.
Result<> remove_litter(const FileDescriptor& directory) {
  auto names = list_directory(directory);
  if (!names) return pass_up(names);
  for (const std::string& name : *names) {
    if (!name.starts_with('.')) continue;
    auto removed = remove_tree_at(directory, name);
    if (!removed) return removed;
  }
  return {};
}

}  // namespace

bool exists_at(const FileDescriptor& directory, const std::string& name) {
  struct stat status {};
  return ::fstatat(directory.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<StoreFiles> ensure_store(const StateLayout& layout) {
  StoreFiles files;
  const std::pair<std::string, FileDescriptor*> directories[] = {
      {layout.images(), &files.images},
      {layout.images() + "/blobs/sha256", &files.blobs},
      {layout.layers(), &files.layers}};
  for (const auto& [path, descriptor] : directories) {
    auto opened = ensure_directory(path);
    if (!opened) return pass_up(opened, "image store");
    *descriptor = std::move(*opened);
  }
  if (!exists_at(files.images, "oci-layout")) {
    auto lock = lock_store(files);
    if (!lock) return pass_up(lock);
    auto written = write_file_at(files.images, "oci-layout", R"({"imageLayoutVersion":"1.0.0"})",
                                 0600, Durability::OverPowerCut);
    if (!written) return pass_up(written, "image store");
  }
  return files;
}

Result<FileLock> lock_store(const StoreFiles& files) {
  auto lock = FileLock::take(files.images, "lock");
  if (!lock) return pass_up(lock, "lock the image store");
  for (const FileDescriptor* directory : {&files.images, &files.blobs}) {
    auto removed = remove_litter(*directory);
    if (!removed) return pass_up(removed, "clean the image store");
  }
  return lock;
}

Result<ImageIndex> load_index(const StateLayout& layout) {
  const std::string path = layout.images() + "/" + kIndexName;
  auto text = read_file(path, kLargestDocument);
  if (!text && text.error().kind() == ErrorKind::NotFound) return ImageIndex{};
  if (!text) return pass_up(text, "image store");
  return read_index(*text, path);
}

Result<> save_index(const StoreFiles& files, const ImageIndex& index) {
  auto written =
      write_file_at(files.images, kIndexName, write_index(index), 0600, Durability::OverPowerCut);
  if (!written) return pass_up(written, "image store");
  return {};
}

Result<std::string> load_blob(const StateLayout& layout, const Descriptor& descriptor) {
  auto text =
      read_file(layout.images() + "/blobs/sha256/" + descriptor.digest.hex, kLargestDocument);
  if (!text) return pass_up(text, "image store");
  if (static_cast<std::int64_t>(text->size()) != descriptor.size ||
      schemas::sha256_of(*text) != descriptor.digest) {
    return fail(ErrorKind::Invalid, "blob {} of the image store is damaged; import its image again",
                descriptor.digest.text());
  }
  return text;
}

Result<Descriptor> save_blob(const StoreFiles& files, std::string_view media_type,
                             std::string_view text) {
  Descriptor descriptor{.media_type = std::string(media_type),
                        .digest = schemas::sha256_of(text),
                        .size = static_cast<std::int64_t>(text.size()),
                        .annotations = {}};
  // Written even when it is there: that heals a damaged one.
  auto written =
      write_file_at(files.blobs, descriptor.digest.hex, text, 0600, Durability::OverPowerCut);
  if (!written) return pass_up(written, "image store");
  return descriptor;
}

Result<StoredImage> load_image(const StateLayout& layout, const Descriptor& descriptor) {
  auto manifest_text = load_blob(layout, descriptor);
  if (!manifest_text) return pass_up(manifest_text);
  auto manifest = read_manifest(*manifest_text, "manifest " + descriptor.digest.text());
  if (!manifest) return pass_up(manifest);
  auto configuration_text = load_blob(layout, manifest->config);
  if (!configuration_text) return pass_up(configuration_text);
  auto configuration = read_configuration(*configuration_text, manifest->config.digest.text());
  if (!configuration) return pass_up(configuration);
  if (configuration->layers.size() != manifest->layers.size()) {
    return fail(ErrorKind::Invalid, "manifest {} and its configuration disagree about the layers",
                descriptor.digest.text());
  }
  return StoredImage{descriptor, std::move(*manifest), std::move(*configuration)};
}

}  // namespace runtime
