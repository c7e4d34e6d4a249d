// Checks raw text: length, UTF-8 (RFC 3629) and NUL.
#include "schemas/vocabulary/text_bounds.hpp"

namespace schemas {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

bool continues(std::string_view text, std::size_t from, std::size_t count) {
  for (std::size_t i = from; i < from + count; ++i) {
    if ((byte_at(text, i) & 0xC0U) != 0x80U) return false;
  }
  return true;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const std::uint8_t first = byte_at(text, 0);
  const std::uint8_t second = byte_at(text, 1);
  if (text.empty()) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(text, 1, 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return !overlong && !surrogate && continues(text, 1, 2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool beyond = first == 0xF4 && second > 0x8F;
    return !overlong && !beyond && continues(text, 1, 3) ? 4 : 0;
  }
  return 0;
}

void append_utf8(std::string& text, std::uint32_t code_point) {
  const auto put = [&](std::uint32_t bits) { text += static_cast<char>(bits); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xC0U | code_point >> 6U);
  } else if (code_point < 0x10000) {
    put(0xE0U | code_point >> 12U);
    put(0x80U | (code_point >> 6U & 0x3FU));
  } else {
    put(0xF0U | code_point >> 18U);
    put(0x80U | (code_point >> 12U & 0x3FU));
    put(0x80U | (code_point >> 6U & 0x3FU));
  }
  put(0x80U | (code_point & 0x3FU));
}

Result<> check_text(std::string_view text, const std::shared_ptr<const std::string>& file,
                    std::size_t limit) {
  if (text.size() > limit) {
    return fail(ErrorKind::Invalid, "{}: {} bytes are more than the limit of {}", *file,
                text.size(), limit);
  }
  Mark mark{.file = file, .line = 1, .column = 1};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at, 4));
    if (length == 0) {
      return fail(ErrorKind::Invalid, "{}: this is not UTF-8 (byte 0x{:02x})", mark.text(),
                  byte_at(text, at));
    }
    if (text[at] == '\0') return fail(ErrorKind::Invalid, "{}: a NUL byte", mark.text());
    const bool line_end = text[at] == '\n';
    mark.line += line_end ? 1 : 0;
    mark.column = line_end ? 1 : mark.column + 1;
    at += length;
  }
  return {};
}

}  // namespace schemas
