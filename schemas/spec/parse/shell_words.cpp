// Splits `command: echo "a b" c` into its words.
#include "schemas/spec/parse/shell_words.hpp"

namespace schemas {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Takes a quoted part off the front of `rest`, which starts behind the opening quote.
Result<std::string> take_quoted(std::string_view& rest, char quote) {
  std::string part;
  while (!rest.empty() && rest.front() != quote) {
    const bool escape = quote == '"' && rest.front() == '\\' && rest.size() > 1 &&
                        std::string_view("\"\\$`\n").contains(rest[1]);
    if (escape) rest.remove_prefix(1);
    part += rest.front();
    rest.remove_prefix(1);
  }
  if (rest.empty()) return fail(ErrorKind::Invalid, "a quote ({}) is never closed", quote);
  rest.remove_prefix(1);
  return part;
}

Result<std::string> take_word(std::string_view& rest) {
  std::string word;
  while (!rest.empty() && !is_space(rest.front())) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '\'' || c == '"') {
      auto part = take_quoted(rest, c);
      if (!part) return part;
      word += *part;
    } else if (c == '\\' && !rest.empty()) {
      word += rest.front();
      rest.remove_prefix(1);
    } else {
      word += c;
    }
  }
  return word;
}

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    if (is_space(text.front())) {
      text.remove_prefix(1);
      continue;
    }
    auto word = take_word(text);
    if (!word) return pass_up(word);
    words.push_back(std::move(*word));
  }
  return words;
}

}  // namespace schemas
