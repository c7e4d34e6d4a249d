// TarReader: a streaming tar parser (ustar, PAX, GNU long names) for untrusted archives. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "runtime/image/pax.hpp"
#include "runtime/image/tar_header.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

enum class TarType : std::uint8_t {
  File,
  HardLink,
  Symlink,
  CharacterDevice,
  BlockDevice,
  Directory,
  Fifo
};

// One member of an archive, after its extended headers; `path` is as it was written.
struct TarEntry {
  std::string path;
  TarType type{TarType::File};
  std::string link_target;
  std::uint32_t mode{0};  // 07777 at most
  std::uint32_t uid{0};
  std::uint32_t gid{0};
  std::uint64_t size{0};  // of a File, else 0
  TarTime modified;
  std::uint32_t device_major{0};
  std::uint32_t device_minor{0};
  std::map<std::string, std::string> xattrs;
};

// Where the entries go, in the order of the archive: begin, data (any number of times), end.
class TarSink {
 public:
  virtual ~TarSink() = default;
  virtual schemas::Result<> begin(const TarEntry& entry) = 0;
  virtual schemas::Result<> data(std::span<const std::byte> bytes) = 0;
  virtual schemas::Result<> end() = 0;
};

struct TarLimits {
  std::uint64_t entries{2'000'000};
  std::uint64_t bytes{std::uint64_t{64} << 30U};  // of all files together
  std::size_t path{4096};
  std::size_t depth{1024};          // components of a path
  std::size_t extended{1U << 20U};  // bytes of one PAX header or GNU long name
};

// Feed it the archive in pieces of any size, then finish. After an error it must not be fed again.
class TarReader {
 public:
  TarReader(TarSink& sink, const TarLimits& limits) : sink_(sink), limits_(limits) {}

  [[nodiscard]] schemas::Result<> feed(std::span<const std::byte> bytes);
  // Invalid when the archive has no end marker: it was cut short. What follows the marker is
  // ignored, as every tar does.
  [[nodiscard]] schemas::Result<> finish();

 private:
  enum class State : std::uint8_t { Header, Extended, Data, Padding, Ended };

  std::span<const std::byte> take_block(std::span<const std::byte> bytes);
  std::span<const std::byte> take_extended(std::span<const std::byte> bytes);
  schemas::Result<> on_header();
  schemas::Result<> on_member(TarHeader header);
  schemas::Result<> on_extended();
  schemas::Result<> pass_data(std::span<const std::byte>& bytes);
  schemas::Result<> end_member();
  schemas::Result<TarEntry> resolve(TarHeader header);

  TarSink& sink_;
  TarLimits limits_;
  State state_{State::Header};
  std::array<std::byte, kTarBlock> block_{};
  std::size_t filled_{0};  // bytes of block_
  char extended_type_{0};  // 'x', 'g', 'L' or 'K'
  std::string extended_;
  std::uint64_t remaining_{0};  // of an extended header or of a file
  std::uint64_t padding_{0};
  PaxOverrides global_;
  PaxOverrides next_;    // for the next member only
  bool pending_{false};  // an extended header waits for its member
  std::uint64_t entries_{0};
  std::uint64_t bytes_{0};
  std::string path_;  // of the current member, for errors
};

}  // namespace runtime
