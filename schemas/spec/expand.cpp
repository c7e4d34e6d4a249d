// Expands variables by one pass over the text; the word of an operator is expanded when it is used.
#include "schemas/spec/expand.hpp"

namespace schemas {

namespace {

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxBytes = 16U << 20U;

bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool continues_name(char c) { return starts_name(c) || (c >= '0' && c <= '9'); }

std::size_t name_length(std::string_view text) {
  if (text.empty() || !starts_name(text.front())) return 0;
  std::size_t length = 1;
  while (length < text.size() && continues_name(text[length])) ++length;
  return length;
}

// The offset of the `}` that closes the `${` before `text`; `$$` hides its second `$`.
std::size_t closing_brace(std::string_view text) {
  std::size_t open = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at).starts_with("$$")) {
      ++at;
    } else if (text.substr(at).starts_with("${")) {
      ++open;
      ++at;
    } else if (text[at] == '}' && --open == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

class Expander {
 public:
  explicit Expander(const Lookup& lookup) : lookup_(lookup) {}

  Result<std::string> expand(std::string_view text, std::size_t depth) {
    if (depth > kMaxDepth) return fail(ErrorKind::Invalid, "variables nested too deep");
    std::string out;
    while (!text.empty()) {
      const std::size_t dollar = std::min(text.find('$'), text.size());
      out += text.substr(0, dollar);
      text.remove_prefix(dollar);
      if (text.empty()) break;
      auto value = take_dollar(text, depth);
      if (!value) return value;
      out += *value;
      if (out.size() > kMaxBytes) return fail(ErrorKind::Invalid, "expands to too much text");
    }
    return out;
  }

  Expansion result;

 private:
  // What starts with `$`, taken off the front of `text`.
  Result<std::string> take_dollar(std::string_view& text, std::size_t depth) {
    const std::string_view rest = text.substr(1);
    if (rest.starts_with('$')) {
      result.changed = true;
      text.remove_prefix(2);
      return "$";
    }
    if (rest.starts_with('{')) return take_braces(text, depth);
    const std::size_t length = name_length(rest);
    text.remove_prefix(1 + length);
    if (length == 0) return "$";
    return value_or_blank(std::string(rest.substr(0, length)));
  }

  Result<std::string> take_braces(std::string_view& text, std::size_t depth) {
    const std::string_view rest = text.substr(2);
    const std::size_t end = closing_brace(rest);
    const std::string_view inside = rest.substr(0, end);
    const std::size_t length = name_length(inside);
    if (end == std::string_view::npos || length == 0) return invalid(text);
    text.remove_prefix(2 + end + 1);
    const std::string name(inside.substr(0, length));
    std::string_view tail = inside.substr(length);
    if (tail.empty()) return value_or_blank(name);
    const bool empty_counts = tail.starts_with(':');
    if (empty_counts) tail.remove_prefix(1);
    if (tail.empty() || !std::string_view("-?+").contains(tail.front())) return invalid(inside);
    return apply(name, tail.front(), tail.substr(1), empty_counts, depth);
  }

  Result<std::string> apply(const std::string& name, char op, std::string_view word,
                            bool empty_counts, std::size_t depth) {
    result.changed = true;
    auto value = lookup_(name);
    const bool present = value && !(empty_counts && value->empty());
    if (op == '+') return present ? expand(word, depth + 1) : Result<std::string>("");
    if (present) return *value;
    if (op == '-') return expand(word, depth + 1);
    auto message = expand(word, depth + 1);
    if (!message) return message;
    return fail(ErrorKind::Invalid, "required variable {} is missing a value{}{}", name,
                message->empty() ? "" : ": ", *message);
  }

  Result<std::string> value_or_blank(const std::string& name) {
    result.changed = true;
    auto value = lookup_(name);
    if (!value) result.unset.push_back(name);
    return value.value_or("");
  }

  static std::unexpected<Error> invalid(std::string_view text) {
    return fail(ErrorKind::Invalid,
                "invalid template near `{}`: write ${{NAME}} or ${{NAME:-default}}, and $$ for a "
                "dollar sign",
                text.substr(0, 40));
  }

  const Lookup& lookup_;
};

}  // namespace

Result<Expansion> expand(std::string_view text, const Lookup& lookup) {
  if (!text.contains('$'))
    return Expansion{.text = std::string(text), .changed = false, .unset = {}};
  Expander expander(lookup);
  auto expanded = expander.expand(text, 0);
  if (!expanded) return pass_up(expanded);
  expander.result.text = std::move(*expanded);
  return std::move(expander.result);
}

}  // namespace schemas
