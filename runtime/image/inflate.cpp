// Reads a stored layer stream through zlib.
#include "runtime/image/inflate.hpp"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <vector>

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

constexpr std::size_t kBuffer = 256U << 10U;

// The state of zlib; deflate's window is at most 32 KiB, so it needs no limit of its own.
class Inflater {
 public:
  Inflater(const InflateLimits& limits, const ByteSink& sink)
      : limits_(limits), sink_(sink), output_(kBuffer) {}
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { ::inflateEnd(&stream_); }

  Result<> start() {
    constexpr int kGzipOnly = 15 + 16;
    stream_.avail_out = static_cast<uInt>(output_.size());
    if (::inflateInit2(&stream_, kGzipOnly) != Z_OK)
      return fail(ErrorKind::Failed, "no memory for inflating");
    return {};
  }

  Result<> feed(std::span<std::byte> bytes) {
    consumed_ += bytes.size();
    stream_.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream_.avail_in = static_cast<uInt>(bytes.size());
    // A full output buffer means that there may be more without any further input.
    while (stream_.avail_in > 0 || (stream_.avail_out == 0 && !between_members_)) {
      if (between_members_ && !begin_member()) return {};
      auto stepped = step();
      if (!stepped) return stepped;
      if (bad_) return fail(ErrorKind::Invalid, "something that is not gzip follows the gzip data");
    }
    return {};
  }

  Result<> finish() const {
    if (!between_members_) return fail(ErrorKind::Invalid, "gzip data is cut short");
    return {};
  }

 private:
  // Zeros after a member are padding (tapes); anything else must be another member. False: no more
  // input.
  bool begin_member() {
    while (stream_.avail_in > 0 && *stream_.next_in == 0) {
      ++stream_.next_in;
      --stream_.avail_in;
      padded_ = true;
    }
    if (stream_.avail_in == 0) return false;
    bad_ = padded_;
    between_members_ = false;
    return ::inflateReset(&stream_) == Z_OK;
  }

  Result<> step() {
    stream_.next_out = reinterpret_cast<Bytef*>(output_.data());
    stream_.avail_out = static_cast<uInt>(output_.size());
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      return fail(ErrorKind::Invalid, "gzip data is damaged ({})",
                  stream_.msg != nullptr ? stream_.msg : "no reason given");
    }
    if (status == Z_STREAM_END) between_members_ = true;
    const std::size_t size = output_.size() - stream_.avail_out;
    produced_ += size;
    if (produced_ > limits_.bytes ||
        (produced_ > limits_.free_bytes && produced_ / limits_.ratio > consumed_)) {
      return fail(ErrorKind::Invalid, "gzip data grows beyond every measure");
    }
    return sink_(std::span(output_).first(size));
  }

  const InflateLimits& limits_;
  const ByteSink& sink_;
  z_stream stream_{};
  std::vector<std::byte> output_;
  std::uint64_t consumed_{0};
  std::uint64_t produced_{0};
  bool between_members_{true};
  bool padded_{false};
  bool bad_{false};
};

// Hands over what `file` holds in pieces that the taker may read in place.
Result<> read_all(const FileDescriptor& file,
                  const std::function<Result<>(std::span<std::byte>)>& taker) {
  std::vector<std::byte> buffer(kBuffer);
  for (;;) {
    const ssize_t length = ::read(file.get(), buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return os_error(errno, "read the layer");
    if (length == 0) return {};
    auto taken = taker(std::span(buffer).first(static_cast<std::size_t>(length)));
    if (!taken) return taken;
  }
}

}  // namespace

Result<Compression> compression_of(std::span<const std::byte> beginning) {
  const std::string_view bytes(reinterpret_cast<const char*>(beginning.data()), beginning.size());
  if (bytes.starts_with("\x1f\x8b")) return Compression::Gzip;
  const struct {
    std::string_view magic;
    const char* name;
  } others[] = {{"\x28\xb5\x2f\xfd", "zstd"},
                {"\xfd"
                 "7zXZ",
                 "xz"},
                {"BZh", "bzip2"}};
  for (const auto& [magic, name] : others) {
    if (!bytes.starts_with(magic)) continue;
    return fail(ErrorKind::Invalid, "it is compressed with {0}; unpack it first ({0} -d)", name);
  }
  return Compression::None;
}

Result<> inflate(const FileDescriptor& file, Compression compression, const InflateLimits& limits,
                 const ByteSink& sink) {
  if (compression == Compression::None) {
    std::uint64_t total = 0;
    return read_all(file, [&](std::span<std::byte> bytes) -> Result<> {
      total += bytes.size();
      if (total > limits.bytes) return fail(ErrorKind::Invalid, "archive is too large");
      return sink(bytes);
    });
  }
  Inflater inflater(limits, sink);
  auto done = inflater.start();
  if (done) done = read_all(file, [&](std::span<std::byte> bytes) { return inflater.feed(bytes); });
  if (!done) return done;
  return inflater.finish();
}

}  // namespace runtime
