// Copies a tar into a workspace and unpacks it there.
#include "runtime/image/layer_import.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "runtime/image/unpack.hpp"
#include "runtime/sys/files.hpp"

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

constexpr std::size_t kBuffer = 256U << 10U;
constexpr const char* kBlobName = "blob";

// What a reading of the input has told.
struct Reading {
  schemas::Digest digest;
  std::int64_t size{0};
  std::vector<std::byte> beginning;  // up to 16 bytes: enough for compression_of
};

Result<FileDescriptor> open_input(const std::string& path) {
  if (path == "-") {
    FileDescriptor input = FileDescriptor(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    if (!input) return os_error(errno, "standard input");
    return input;
  }
  FileDescriptor input(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!input) return os_error(errno, "open {}", path);
  return input;
}

Result<> write_all(const FileDescriptor& file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t length = ::write(file.get(), bytes.data(), bytes.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return os_error(errno, "write the layer's blob");
    bytes = bytes.subspan(static_cast<std::size_t>(length));
  }
  return {};
}

// Reads to the end, and copies to `copy` when there is one.
Result<Reading> read_through(const FileDescriptor& input, const FileDescriptor* copy) {
  Reading reading;
  schemas::Sha256 hash;
  std::vector<std::byte> buffer(kBuffer);
  for (;;) {
    const ssize_t length = ::read(input.get(), buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return os_error(errno, "read");
    if (length == 0) break;
    const auto bytes = std::span(buffer).first(static_cast<std::size_t>(length));
    if (reading.beginning.size() < 16) {
      const std::size_t more = std::min(bytes.size(), 16 - reading.beginning.size());
      reading.beginning.insert(reading.beginning.end(), bytes.begin(),
                               bytes.begin() + static_cast<std::ptrdiff_t>(more));
    }
    hash.update(bytes);
    reading.size += length;
    if (copy == nullptr) continue;
    auto written = write_all(*copy, bytes);
    if (!written) return pass_up(written);
  }
  reading.digest = hash.finish();
  return reading;
}

Descriptor descriptor_of(const Reading& reading, Compression compression) {
  return {.media_type = std::string(compression == Compression::Gzip ? media_type::kLayerGzip
                                                                     : media_type::kLayer),
          .digest = reading.digest,
          .size = reading.size,
          .annotations = {}};
}

bool is_regular(const FileDescriptor& file) {
  struct stat status {};
  return ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
}

// A plain tar's digest is its diff id, so one reading tells whether the store has it.
Result<std::optional<PreparedLayer>> find_known(const StoreFiles& files,
                                                const FileDescriptor& input) {
  std::optional<PreparedLayer> known;
  if (!is_regular(input)) return known;
  auto reading = read_through(input, nullptr);
  if (!reading) return pass_up(reading);
  if (::lseek(input.get(), 0, SEEK_SET) < 0) return os_error(errno, "rewind");
  auto compression = compression_of(reading->beginning);
  if (!compression) return pass_up(compression);
  if (*compression == Compression::None && exists_at(files.blobs, reading->digest.hex) &&
      exists_at(files.layers, reading->digest.hex)) {
    known.emplace(PreparedLayer{descriptor_of(*reading, *compression), reading->digest, {}});
  }
  return known;
}

Result<PreparedLayer> prepare(const StoreFiles& files, const FileDescriptor& input) {
  auto known = find_known(files, input);
  if (!known) return pass_up(known);
  if (*known) return std::move(**known);

  auto workspace = Workspace::create(files);
  if (!workspace) return pass_up(workspace);
  const FileDescriptor blob(::openat(workspace->directory().get(), kBlobName,
                                     O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!blob) return os_error(errno, "create the layer's blob");
  auto reading = read_through(input, &blob);
  if (!reading) return pass_up(reading);
  if (reading->size == 0) return fail(ErrorKind::Invalid, "it is empty");
  auto compression = compression_of(reading->beginning);
  if (!compression) return pass_up(compression);
  if (::fsync(blob.get()) < 0) return os_error(errno, "sync the layer's blob");
  auto diff_id = unpack_layer(blob, *compression, workspace->layer());
  if (!diff_id) return pass_up(diff_id);
  return PreparedLayer{descriptor_of(*reading, *compression), std::move(*diff_id),
                       std::move(*workspace)};
}

// The first of several equal ones stays; it may be in use already.
Result<> move_in(const FileDescriptor& from, const char* name, const FileDescriptor& to,
                 const std::string& final_name) {
  if (exists_at(to, final_name)) return {};
  if (::renameat(from.get(), name, to.get(), final_name.c_str()) < 0)
    return os_error(errno, "keep {} {}", name, final_name);
  if (::fsync(to.get()) < 0) return os_error(errno, "sync the directory of {}", final_name);
  return {};
}

}  // namespace

Result<PreparedLayer> prepare_layer(const StoreFiles& files, const std::string& path) {
  auto input = open_input(path);
  if (!input) return pass_up(input);
  auto layer = prepare(files, *input);
  if (!layer) return pass_up(layer, "{}", path == "-" ? "standard input" : path);
  return layer;
}

Result<> keep_layer(const StoreFiles& files, const PreparedLayer& layer) {
  if (!layer.workspace) return {};
  const FileDescriptor& directory = layer.workspace->directory();
  auto kept = move_in(directory, "layer", files.layers, layer.diff_id.hex);
  if (kept) kept = move_in(directory, kBlobName, files.blobs, layer.descriptor.digest.hex);
  return kept;
}

}  // namespace runtime
