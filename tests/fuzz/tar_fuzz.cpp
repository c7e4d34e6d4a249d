// Fuzz body of the tar reader: any archive, in pieces of any size, within its limits.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "runtime/image/tar_reader.hpp"

namespace {

// Counts, so that an entry's data is never more than it announced.
class CountingSink : public runtime::TarSink {
 public:
  schemas::Result<> begin(const runtime::TarEntry& entry) override {
    left_ = entry.size;
    return {};
  }
  schemas::Result<> data(std::span<const std::byte> bytes) override {
    if (bytes.size() > left_) std::abort();
    left_ -= bytes.size();
    return {};
  }
  schemas::Result<> end() override {
    if (left_ != 0) std::abort();
    return {};
  }

 private:
  std::uint64_t left_{0};
};

}  // namespace

// The first byte says how large the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  auto archive = std::as_bytes(std::span(data, size)).subspan(1);
  const std::size_t piece = 1 + std::size_t{data[0]} * 7;
  CountingSink sink;
  runtime::TarReader reader(sink, {.entries = 1000, .bytes = 1U << 20U});
  while (!archive.empty()) {
    const std::size_t count = std::min(piece, archive.size());
    if (!reader.feed(archive.first(count))) return 0;
    archive = archive.subspan(count);
  }
  if (const auto finished = reader.finish(); !finished) return 0;
  return 0;
}
