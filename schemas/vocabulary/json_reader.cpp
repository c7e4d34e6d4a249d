// A strict JSON reader (RFC 8259) that remembers where each value stands.
#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>

#include "schemas/vocabulary/document.hpp"
#include "schemas/vocabulary/text_bounds.hpp"

namespace schemas {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class JsonReader {
 public:
  JsonReader(std::string_view text, std::shared_ptr<const std::string> file,
             const DocumentLimits& limits)
      : text_(text), file_(std::move(file)), limits_(limits) {}

  Result<Node> read() {
    auto node = read_value(0);
    if (!node) return node;
    skip_space();
    if (at_ < text_.size()) return refuse("text after the end of the JSON value");
    return node;
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  [[nodiscard]] Mark mark() const {
    return {
        .file = file_, .line = line_, .column = static_cast<std::uint32_t>(at_ - line_start_ + 1)};
  }

  [[nodiscard]] std::unexpected<Error> refuse(std::string_view what) const {
    return fail(ErrorKind::Invalid, "{}: {}", mark().text(), what);
  }

  void skip_space() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  Result<Node> read_value(std::size_t depth) {
    skip_space();
    if (depth > limits_.depth) return refuse("nested too deep");
    if (++nodes_ > limits_.nodes) return refuse("too many values");
    switch (peek()) {
      case '{':
        return read_object(depth);
      case '[':
        return read_array(depth);
      case '"':
        return read_string_node();
      default:
        return read_bare();
    }
  }

  Result<Node> read_string_node() {
    const Mark start = mark();
    auto text = read_string();
    if (!text) return pass_up(text);
    Node node = Node::string(std::move(*text));
    node.mark = start;
    return node;
  }

  // null, true, false or a number.
  Result<Node> read_bare() {
    Node node;
    node.mark = mark();
    const std::size_t length = bare_length();
    if (length == 0) return refuse("a JSON value was expected here");
    node.text = std::string(text_.substr(at_, length));
    at_ += length;
    return node;
  }

  [[nodiscard]] std::size_t bare_length() const {
    const std::string_view rest = text_.substr(at_);
    for (const std::string_view word : {"null", "true", "false"}) {
      if (rest.starts_with(word)) return word.size();
    }
    return json_number_length(rest);
  }

  [[nodiscard]] static std::size_t json_number_length(std::string_view text) {
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const auto digits = [&] {
      const std::size_t from = at;
      while (at < text.size() && is_digit(text[at])) ++at;
      return at - from;
    };
    const std::size_t whole_from = at;
    const std::size_t whole = digits();
    if (whole == 0 || (whole > 1 && text[whole_from] == '0')) return 0;
    if (at < text.size() && text[at] == '.') {
      ++at;
      if (digits() == 0) return 0;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
      ++at;
      if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
      if (digits() == 0) return 0;
    }
    return at;
  }

  Result<Node> read_array(std::size_t depth) {
    Node node = Node::sequence();
    node.mark = mark();
    ++at_;
    skip_space();
    if (peek() == ']') return ++at_, node;
    while (true) {
      auto item = read_value(depth + 1);
      if (!item) return item;
      node.add(std::move(*item));
      skip_space();
      if (peek() == ']') return ++at_, node;
      if (peek() != ',') return refuse("`,` or `]` was expected here");
      ++at_;
    }
  }

  Result<Node> read_object(std::size_t depth) {
    Node node = Node::mapping();
    node.mark = mark();
    std::unordered_map<std::string, Mark> keys;
    ++at_;
    skip_space();
    if (peek() == '}') return ++at_, node;
    while (true) {
      auto read = read_entry(depth, node, keys);
      if (!read) return pass_up(read);
      skip_space();
      if (peek() == '}') return ++at_, node;
      if (peek() != ',') return refuse("`,` or `}` was expected here");
      ++at_;
    }
  }

  Result<> read_entry(std::size_t depth, Node& object,
                      std::unordered_map<std::string, Mark>& keys) {
    skip_space();
    if (peek() != '"') return refuse("a key in double quotes was expected here");
    const Mark key_mark = mark();
    auto key = read_string();
    if (!key) return pass_up(key);
    const auto [known, is_new] = keys.emplace(*key, key_mark);
    if (!is_new) {
      return fail(ErrorKind::Invalid, "{}: key `{}` is already on line {}", key_mark.text(), *key,
                  known->second.line);
    }
    skip_space();
    if (peek() != ':') return refuse("`:` was expected here");
    ++at_;
    auto value = read_value(depth + 1);
    if (!value) return pass_up(value);
    object.entries.push_back(
        {.key = std::move(*key), .key_mark = key_mark, .value = std::move(*value)});
    return {};
  }

  Result<std::string> read_string() {
    std::string value;
    for (++at_; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == '"') return ++at_, value;
      if (static_cast<unsigned char>(c) < 0x20) return refuse("a control character in a string");
      if (c == '\\') {
        auto read = read_escape(value);
        if (!read) return pass_up(read);
        continue;
      }
      // As much as possible at once: strings are most of every text.
      const std::size_t end = std::min(text_.find_first_of("\"\\", at_), text_.size());
      std::size_t stop = at_;
      while (stop < end && static_cast<unsigned char>(text_[stop]) >= 0x20) ++stop;
      value += text_.substr(at_, stop - at_);
      at_ = stop;
    }
    return refuse("the string has no end");
  }

  Result<> read_escape(std::string& value) {
    constexpr std::string_view kEscapes = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    ++at_;
    const char c = peek();
    if (const std::size_t which = kEscapes.find(c);
        at_ < text_.size() && which != std::string_view::npos) {
      value += kMeanings[which];
      ++at_;
      return {};
    }
    if (c != 'u') return refuse("an unknown escape in a string");
    auto code_point = read_unicode();
    if (!code_point) return refuse("a \\u escape that is no character");
    if (*code_point == 0) return refuse("a NUL in a string");
    append_utf8(value, *code_point);
    return {};
  }

  // \uXXXX, or two of them that are a surrogate pair; `at_` stands on the first u.
  std::optional<std::uint32_t> read_unicode() {
    const auto high = read_hex();
    if (!high || (*high >= 0xDC00 && *high <= 0xDFFF)) return {};
    if (*high < 0xD800 || *high > 0xDBFF) return high;
    if (!text_.substr(at_).starts_with("\\u")) return {};
    ++at_;
    const auto low = read_hex();
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return {};
    return 0x10000U + ((*high - 0xD800U) << 10U) + (*low - 0xDC00U);
  }

  std::optional<std::uint32_t> read_hex() {
    ++at_;
    if (at_ + 4 > text_.size()) return {};
    std::uint32_t value = 0;
    for (const char c : text_.substr(at_, 4)) {
      const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
      const std::size_t digit = std::string_view("0123456789abcdef").find(lower);
      if (digit == std::string_view::npos) return {};
      value = value << 4U | static_cast<std::uint32_t>(digit);
    }
    at_ += 4;
    return value;
  }

  std::string_view text_;
  std::shared_ptr<const std::string> file_;
  DocumentLimits limits_;
  std::size_t at_{0};
  std::uint32_t line_{1};
  std::size_t line_start_{0};
  std::size_t nodes_{0};
};

}  // namespace

Result<Node> read_json(std::string_view text, std::string file, const DocumentLimits& limits) {
  auto name = std::make_shared<const std::string>(std::move(file));
  auto checked = check_text(text, name, limits.bytes);
  if (!checked) return pass_up(checked);
  return JsonReader(text, std::move(name), limits).read();
}

}  // namespace schemas
