// A layer stream as it is stored, plain or gzip, turned into the tar inside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

enum class Compression : std::uint8_t { None, Gzip };

// By the first bytes of a file. Invalid for a compression that we do not read, with its name.
[[nodiscard]] schemas::Result<Compression> compression_of(std::span<const std::byte> beginning);

struct InflateLimits {
  std::uint64_t bytes{std::uint64_t{70} << 30U};  // of the result
  // A result of more than `free_bytes` must not be more than `ratio` times what was stored: real
  // layers shrink to a third, bombs to a thousandth.
  std::uint64_t free_bytes{std::uint64_t{1} << 30U};
  std::uint64_t ratio{200};
};

using ByteSink = std::function<schemas::Result<>(std::span<const std::byte>)>;

// Reads `file` from where it stands to its end. Several gzip members in a row are one stream; a bad
// checksum, a cut stream and anything else after the last member are Invalid.
[[nodiscard]] schemas::Result<> inflate(const FileDescriptor& file, Compression compression,
                                        const InflateLimits& limits, const ByteSink& sink);

}  // namespace runtime
