// One tar on its way into the store: copied, hashed and unpacked, but without a final name yet.
#pragma once

#include <optional>
#include <string>

#include "runtime/image/manifest.hpp"
#include "runtime/image/store_files.hpp"
#include "runtime/image/workspace.hpp"
#include "schemas/vocabulary/digest.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

struct PreparedLayer {
  Descriptor descriptor;
  schemas::Digest diff_id;
  std::optional<Workspace> workspace;  // none: blob and tree are in the store already
};

// Takes no lock while it reads, so a slow writer of standard input holds nobody up.
[[nodiscard]] schemas::Result<PreparedLayer> prepare_layer(const StoreFiles& files,
                                                           const std::string& path);

// Gives blob and tree their final names; the caller holds the store's lock.
[[nodiscard]] schemas::Result<> keep_layer(const StoreFiles& files, const PreparedLayer& layer);

}  // namespace runtime
