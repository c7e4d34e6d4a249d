// Unpacks one stored layer into an empty directory, in a confined child process.
#pragma once

#include "runtime/image/inflate.hpp"
#include "runtime/image/tar_reader.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/digest.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

struct UnpackLimits {
  TarLimits tar;
  InflateLimits inflate;
};

// `blob` is read from its beginning. The result is the diff id: the digest of the tar without its
// compression. On success everything is on disk to stay; on failure the directory holds litter.
[[nodiscard]] schemas::Result<schemas::Digest> unpack_layer(const FileDescriptor& blob,
                                                            Compression compression,
                                                            const FileDescriptor& directory,
                                                            const UnpackLimits& limits = {});

}  // namespace runtime
