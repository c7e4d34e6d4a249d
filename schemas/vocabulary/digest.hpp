// Digests as the OCI image specification writes them ("sha256:" and 64 hex digits).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "schemas/vocabulary/error.hpp"

namespace schemas {

// The sha256 of some bytes (OCI image-spec, descriptor.md, "Digests").
struct Digest {
  std::string hex;  // 64 lower-case hex digits

  [[nodiscard]] std::string text() const { return "sha256:" + hex; }
  [[nodiscard]] std::string short_text() const { return hex.substr(0, 12); }
  [[nodiscard]] bool empty() const { return hex.empty(); }
  friend auto operator<=>(const Digest&, const Digest&) = default;
};

// Accepts exactly "sha256:" and 64 lower-case hex digits: a digest becomes a file name.
[[nodiscard]] Result<Digest> read_digest(std::string_view text);

// A running sha256; one object hashes one stream.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();

  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  [[nodiscard]] Digest finish();  // ends the stream

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] Digest sha256_of(std::string_view text);

}  // namespace schemas
