// Reads image references (grammar of distribution/reference) and shortens them the docker way.
#include "runtime/image/image_reference.hpp"

#include <algorithm>
#include <utility>

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Result;

constexpr std::string_view kDefaultRegistry = "docker.io";
constexpr std::string_view kOfficial = "library/";
constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestTag = 128;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_word(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

// Lower-case words joined by ".", "_", "__" or dashes.
bool is_path_component(std::string_view text) {
  if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) {
    return false;
  }
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_lower_or_digit(text[at])) {
      ++at;
      continue;
    }
    const std::size_t end =
        static_cast<std::size_t>(std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at),
                                              text.end(), is_lower_or_digit) -
                                 text.begin());
    const std::string_view separator = text.substr(at, end - at);
    const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && separator != "." && separator != "_" && separator != "__") return false;
    at = end;
  }
  return true;
}

bool is_repository(std::string_view text) {
  for (;;) {
    const std::size_t slash = text.find('/');
    if (!is_path_component(text.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

// One part of a host name: "a-b" in "a-b.example".
bool is_host_label(std::string_view text) {
  const auto allowed = [](char c) { return (is_word(c) && c != '_') || c == '-'; };
  return !text.empty() && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), allowed);
}

bool is_registry(std::string_view text) {
  const std::size_t colon = text.find(':');
  std::string_view host = text.substr(0, colon);
  for (;;) {
    const std::size_t dot = host.find('.');
    if (!is_host_label(host.substr(0, dot))) return false;
    if (dot == std::string_view::npos) break;
    host.remove_prefix(dot + 1);
  }
  if (colon == std::string_view::npos) return true;
  const std::string_view port = text.substr(colon + 1);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !port.empty() && port.size() <= 5 && std::all_of(port.begin(), port.end(), digit);
}

bool is_tag(std::string_view text) {
  const auto allowed = [](char c) { return is_word(c) || c == '.' || c == '-'; };
  return !text.empty() && text.size() <= kLongestTag && is_word(text.front()) &&
         std::all_of(text.begin(), text.end(), allowed);
}

// The first part is a registry when it looks like a host, as docker tells them apart.
bool looks_like_registry(std::string_view first) {
  return first.find_first_of(".:") != std::string_view::npos || first == "localhost" ||
         std::any_of(first.begin(), first.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

Result<NamedImage> read_image_reference(std::string_view text) {
  const auto malformed = [&](const char* why) {
    return fail(ErrorKind::Invalid, "image reference {:?}: {}", text.substr(0, 300), why);
  };
  NamedImage image{
      .registry = std::string(kDefaultRegistry), .repository = {}, .tag = {}, .digest = {}};
  std::string_view name = text;
  if (const std::size_t at = name.find('@'); at != std::string_view::npos) {
    auto digest = schemas::read_digest(name.substr(at + 1));
    if (!digest) return malformed("its digest is not \"sha256:\" and 64 hex digits");
    image.digest = std::move(*digest);
    name = name.substr(0, at);
  }
  const std::size_t colon = name.rfind(':');
  if (colon != std::string_view::npos && name.find('/', colon) == std::string_view::npos) {
    image.tag = std::string(name.substr(colon + 1));
    if (!is_tag(image.tag)) return malformed("its tag has characters that a tag may not have");
    name = name.substr(0, colon);
  }
  if (const std::size_t slash = name.find('/');
      slash != std::string_view::npos && looks_like_registry(name.substr(0, slash))) {
    image.registry = std::string(name.substr(0, slash));
    if (image.registry == "index.docker.io") image.registry = kDefaultRegistry;
    if (!is_registry(image.registry)) return malformed("its registry is not host[:port]");
    name = name.substr(slash + 1);
  }
  if (name.empty()) return malformed("it has no name");
  if (name.size() > kLongestName) return malformed("its name is too long");
  if (!is_repository(name)) {
    return malformed("a name is lower-case letters and digits, joined by . _ - and /");
  }
  image.repository = std::string(name);
  if (image.registry == kDefaultRegistry && name.find('/') == std::string_view::npos) {
    image.repository.insert(0, kOfficial);
  }
  if (image.tag.empty() && !image.digest) image.tag = "latest";
  return image;
}

std::string NamedImage::familiar_name() const {
  if (registry != kDefaultRegistry) return registry + "/" + repository;
  const std::string_view path = repository;
  const bool official =
      path.starts_with(kOfficial) && path.find('/', kOfficial.size()) == std::string_view::npos;
  return std::string(official ? path.substr(kOfficial.size()) : path);
}

schemas::ImageReference NamedImage::familiar() const {
  return schemas::ImageReference(tag.empty() ? familiar_name() : familiar_name() + ":" + tag);
}

Result<schemas::ImageReference> normalise(const schemas::ImageReference& reference) {
  auto image = read_image_reference(reference.text);
  if (!image) return pass_up(image);
  return image->familiar();
}

}  // namespace runtime
