// sha256 through OpenSSL's EVP, which uses the processor's SHA instructions: the only room with it.
#include "schemas/vocabulary/digest.hpp"

#include <cstdio>
#include <cstdlib>

#include <openssl/evp.h>

namespace schemas {

namespace {

struct AlgorithmDeleter {
  void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
};
struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// OpenSSL without sha256, or without memory for it, leaves nothing sensible to do.
void require(int ok, const char* what) {
  if (ok == 1) return;
  std::fprintf(stderr, "sha256: %s failed\n", what);
  std::abort();
}

// Fetched once: EVP_sha256() looks the algorithm up again for every stream.
const EVP_MD* algorithm() {
  static const std::unique_ptr<EVP_MD, AlgorithmDeleter> fetched{
      EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  require(fetched != nullptr ? 1 : 0, "EVP_MD_fetch");
  return fetched.get();
}

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, ContextDeleter> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(state_->context != nullptr ? 1 : 0, "EVP_MD_CTX_new");
  require(EVP_DigestInit_ex2(state_->context.get(), algorithm(), nullptr), "EVP_DigestInit_ex2");
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()), "EVP_DigestUpdate");
}

void Sha256::update(std::string_view text) { update(std::as_bytes(std::span(text))); }

Digest Sha256::finish() {
  std::array<unsigned char, 32> bytes{};
  require(EVP_DigestFinal_ex(state_->context.get(), bytes.data(), nullptr), "EVP_DigestFinal_ex");
  constexpr std::string_view kHex = "0123456789abcdef";
  Digest digest;
  digest.hex.reserve(2 * bytes.size());
  for (const unsigned char byte : bytes) {
    digest.hex += kHex[byte >> 4U];
    digest.hex += kHex[byte & 15U];
  }
  return digest;
}

Result<Digest> read_digest(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  const std::string_view hex =
      text.starts_with(kPrefix) ? text.substr(kPrefix.size()) : std::string_view{};
  bool good = hex.size() == 64;
  for (const char c : hex) good = good && is_lower_hex(c);
  if (!good) {
    return fail(ErrorKind::Invalid, "`{}` is no digest (sha256: and 64 lower-case hex digits)",
                text.substr(0, 100));
  }
  return Digest{std::string(hex)};
}

Digest sha256_of(std::string_view text) {
  Sha256 hash;
  hash.update(text);
  return hash.finish();
}

}  // namespace schemas
