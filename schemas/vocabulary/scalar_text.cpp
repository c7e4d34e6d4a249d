// Decides which scalars may stand bare in JSON and YAML, and quotes the others.
#include "schemas/vocabulary/scalar_text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "schemas/vocabulary/text_bounds.hpp"

namespace schemas {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && is_digit(text[at + count])) ++count;
  return count;
}

bool is_json_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = digits_at(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_at(text, at + 1);
    if (fraction == 0) return false;
    at += 1 + fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_at(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

// Words with a meaning of their own in YAML 1.1 or 1.2.
bool is_yaml_word(std::string_view text) {
  constexpr std::array<std::string_view, 14> kWords{
      "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "=", ".inf", ".nan"};
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

// "1m30s", "10.1.0.0/24": begins with a digit, but no reader takes it for a number or a time.
// Letters of hexadecimal, octal and exponents prove nothing; a colon may be base 60, a dash a date.
bool is_no_number(std::string_view text) {
  return is_digit(text.front()) && text.find_first_of(":-") == std::string_view::npos &&
         text.find_first_of("ghijklmnpqrstuvwyzGHIJKLMNPQRSTUVWYZ/") != std::string_view::npos;
}

}  // namespace

bool is_json_bare(std::string_view text) {
  return text == "true" || text == "false" || is_json_number(text);
}

void append_json_string(std::string& text, std::string_view value) {
  text += '"';
  while (!value.empty()) {
    const char c = value.front();
    const std::size_t length = c == '\0' ? 0 : utf8_length(value);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\t') {
      text += "\\t";
    } else if (length == 0) {
      text += "\\ufffd";
    } else if (length == 1 && (c < 0x20 || c == 0x7F)) {
      text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      text += value.substr(0, length);
    }
    value.remove_prefix(length == 0 ? 1 : length);
  }
  text += '"';
}

bool is_safe_plain_yaml(std::string_view text) {
  if (text.empty() || is_yaml_word(text)) return false;
  const char first = text.front();
  const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
  const bool begins_well = letter || first == '/' || first == '_' || first == '$';
  if (!begins_well && !is_no_number(text)) return false;
  for (const char c : text) {
    if (c < 0x20 || c == 0x7F) return false;  // and, char being signed, everything beyond ASCII
  }
  return !text.contains(": ") && !text.contains(" #") && !text.ends_with(':') &&
         !text.ends_with(' ');
}

}  // namespace schemas
