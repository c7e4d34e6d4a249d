// ResponseReader: takes one HTTP/1.1 answer apart, byte by byte as it comes (RFC 9112). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

// Understands what our server sends: a head of at most 8 KiB, and a body by length or in chunks.
class ResponseReader {
 public:
  // Takes more bytes; what they hold of the body is appended to `body()`.
  schemas::Result<> take(std::string_view bytes);

  [[nodiscard]] bool head_complete() const { return stage_ > Stage::Head; }
  [[nodiscard]] bool complete() const { return stage_ == Stage::Complete; }
  [[nodiscard]] unsigned status() const { return status_; }
  [[nodiscard]] std::string take_body() { return std::exchange(body_, {}); }

 private:
  enum class Stage : std::uint8_t { Head, ChunkSize, Chunk, ChunkEnd, Trailer, Length, Complete };

  schemas::Result<> read_head();
  schemas::Result<> read_header(std::string_view line);
  schemas::Result<bool> step();  // false: needs more bytes
  schemas::Result<bool> read_chunk_size();

  Stage stage_{Stage::Head};
  unsigned status_{0};
  std::string buffer_;       // not understood yet
  std::string body_;         // understood, not yet taken
  std::uint64_t wanted_{0};  // bytes left of the body or the chunk
  bool chunked_{false};
};

}  // namespace orchestrator
