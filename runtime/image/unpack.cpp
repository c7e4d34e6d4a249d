// The way of a layer: inflate, hash, take apart, write.
#include "runtime/image/unpack.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "runtime/image/confined_child.hpp"
#include "runtime/image/layer_writer.hpp"
#include "runtime/sys/files.hpp"

namespace runtime {
namespace {

using schemas::os_error;
using schemas::Result;

Result<std::string> unpack(const FileDescriptor& blob, Compression compression,
                           const UnpackLimits& limits) {
  auto root = open_directory("/");
  if (!root) return pass_up(root);
  LayerWriter writer(*root);
  TarReader reader(writer, limits.tar);
  schemas::Sha256 hash;
  auto done = inflate(blob, compression, limits.inflate, [&](std::span<const std::byte> bytes) {
    hash.update(bytes);
    return reader.feed(bytes);
  });
  if (done) done = reader.finish();
  if (done) done = writer.finish();
  if (!done) return pass_up(done);
  // Once for the whole layer instead of once for each of its files.
  if (::syncfs(root->get()) < 0) return os_error(errno, "sync the layer");
  return hash.finish().text();
}

}  // namespace

Result<schemas::Digest> unpack_layer(const FileDescriptor& blob, Compression compression,
                                     const FileDescriptor& directory, const UnpackLimits& limits) {
  if (::lseek(blob.get(), 0, SEEK_SET) < 0) return os_error(errno, "rewind the layer");
  auto mount = clone_mount(directory);
  if (!mount) return pass_up(mount);
  const std::array<int, 2> keep{blob.get(), mount->get()};
  auto child = begin_confined(keep, [&]() -> Result<std::string> {
    auto entered = enter_root(*mount);
    if (entered) entered = drop_rights();
    if (!entered) return pass_up(entered);
    return unpack(blob, compression, limits);
  });
  if (!child) return pass_up(child);
  auto report = finish_confined(std::move(*child));
  if (!report) return pass_up(report, "unpack the layer");
  return schemas::read_digest(*report);
}

}  // namespace runtime
