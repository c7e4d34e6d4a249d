// Fuzz body: any bytes as a layer; the tar reader must refuse or read them, within its limits.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "runtime/image/layer_path.hpp"
#include "runtime/image/tar_reader.hpp"

namespace {

// Checks what the reader promises to its sink.
class CheckingSink final : public runtime::TarSink {
 public:
  schemas::Result<> begin(const runtime::TarEntry& entry) override {
    if (open_ || entry.path.empty() || entry.path.size() > 4096 || entry.mode > 07777) std::abort();
    open_ = true;
    remaining_ = entry.size;
    const auto path = runtime::read_layer_path(entry.path);
    if (path && (path->name == ".." || path->name.find('/') != std::string::npos)) std::abort();
    return {};
  }
  schemas::Result<> data(std::span<const std::byte> bytes) override {
    if (!open_ || bytes.size() > remaining_) std::abort();
    remaining_ -= bytes.size();
    return {};
  }
  schemas::Result<> end() override {
    if (!open_ || remaining_ != 0) std::abort();
    open_ = false;
    return {};
  }

 private:
  bool open_{false};
  std::uint64_t remaining_{0};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  for (const std::size_t piece : {std::size_t{100}, std::size_t{1} << 20U}) {
    CheckingSink sink;
    runtime::TarReader reader(sink, {.entries = 1000});
    schemas::Result<> done;
    for (std::size_t at = 0; done && at < size; at += piece)
      done = reader.feed(bytes.subspan(at, std::min(piece, size - at)));
    if (done) done = reader.finish();
  }
  return 0;
}
