// The files of the image store: its directories, its blobs checked against their digests, its
// index.
#pragma once

#include <string>
#include <string_view>

#include "runtime/image/manifest.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "runtime/sys/files.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"

namespace runtime {

//  images/   oci-layout  index.json  lock  blobs/sha256/<hex>
//  layers/   <diff id hex>/  tmp-<random>/ (a workspace, see workspace.hpp)
struct StoreFiles {
  FileDescriptor images;
  FileDescriptor blobs;
  FileDescriptor layers;
};

// Makes what is missing; for writers. All directories are 0700: nobody but root reaches a set-id
// file of a layer (CVE-2021-41091).
[[nodiscard]] schemas::Result<StoreFiles> ensure_store(const StateLayout& layout);

// The lock under which everything in the store gets its final name.
[[nodiscard]] schemas::Result<FileLock> lock_store(const StoreFiles& files);

// An empty index when there is no store yet.
[[nodiscard]] schemas::Result<ImageIndex> load_index(const StateLayout& layout);
[[nodiscard]] schemas::Result<> save_index(const StoreFiles& files, const ImageIndex& index);

// A small blob (a JSON document), once its size and its digest are what the descriptor says.
[[nodiscard]] schemas::Result<std::string> load_blob(const StateLayout& layout,
                                                     const Descriptor& descriptor);
[[nodiscard]] schemas::Result<Descriptor> save_blob(const StoreFiles& files,
                                                    std::string_view media_type,
                                                    std::string_view text);

// A manifest of the store with its configuration.
struct StoredImage {
  Descriptor descriptor;  // of the manifest
  ImageManifest manifest;
  ImageConfiguration configuration;
};
[[nodiscard]] schemas::Result<StoredImage> load_image(const StateLayout& layout,
                                                      const Descriptor& descriptor);

// The image that a reference names, as find_image does it, but without a look at the layers' trees.
[[nodiscard]] schemas::Result<StoredImage> find_stored(const StateLayout& layout,
                                                       const schemas::ImageReference& reference);

[[nodiscard]] bool exists_at(const FileDescriptor& directory, const std::string& name);

}  // namespace runtime
