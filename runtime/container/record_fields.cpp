// The strict reading of record members.
#include "runtime/container/record_fields.hpp"

namespace runtime {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Instant;
using schemas::Node;
using schemas::Result;

namespace {

// How many bytes the UTF-8 character at the start of `text` has; 0 when there is none (RFC 3629).
std::size_t length_of_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first == 0 ? 0 : 1;
  std::size_t length = 0;
  if (first >= 0xc2) length = 2;
  if (first >= 0xe0) length = 3;
  if (first >= 0xf0) length = 4;
  if (length == 0 || first >= 0xf5 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  if (first == 0xe0 && byte(1) < 0xa0) return 0;
  if (first == 0xed && byte(1) > 0x9f) return 0;
  if (first == 0xf0 && byte(1) < 0x90) return 0;
  if (first == 0xf4 && byte(1) > 0x8f) return 0;
  return length;
}

}  // namespace

std::string clean_text(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = length_of_character(text);
    if (length == 0)
      clean += '?';
    else
      clean += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

Result<Members> Members::of(const Node& node) {
  if (node.kind != Node::Kind::Mapping) return fail(ErrorKind::Invalid, "not an object");
  return Members(node);
}

const Node* Members::take(std::string_view key) {
  const Node* member = node_->find(key);
  if (member != nullptr) ++taken_;
  return member;
}

void Members::take_boolean(std::string_view key, bool& value) {
  const Node* member = take(key);
  if (member == nullptr) return;
  if (member->kind != Node::Kind::Plain || (member->text != "true" && member->text != "false"))
    return refuse(key);
  value = member->text == "true";
}

void Members::take_text(std::string_view key, std::string& value) {
  const Node* member = take(key);
  if (member == nullptr) return;
  if (!member->is_scalar()) return refuse(key);
  value = member->text;
}

void Members::take_instant(std::string_view key, std::optional<Instant>& value) {
  if (node_->find(key) == nullptr) return;
  std::int64_t nanoseconds = 0;
  take_number(key, nanoseconds);
  value = Instant(schemas::Duration(nanoseconds));
}

void Members::take_instant(std::string_view key, Instant& value) {
  std::optional<Instant> read;
  take_instant(key, read);
  value = read.value_or(value);
}

void Members::take_time(std::string_view key, schemas::WallTime& value) {
  std::string text;
  take_text(key, text);
  if (text.empty()) return;
  auto time = schemas::read_wall_time(text);
  if (!time) return refuse(key);
  value = *time;
}

void Members::refuse(std::string_view key) {
  if (bad_.empty()) bad_ = key;
}

Result<> Members::finish() const {
  if (!bad_.empty()) return fail(ErrorKind::Invalid, "\"{}\" has a value it cannot have", bad_);
  if (taken_ == node_->entries.size()) return {};
  return fail(ErrorKind::Invalid, "it has a key that this version does not know");
}

}  // namespace runtime
