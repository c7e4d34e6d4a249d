// Splits the text of a `--change` instruction.
#include "runtime/image/change_words.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "schemas/vocabulary/document.hpp"

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Result;

constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// One word with its quotes taken off; leaves `text` behind it.
Result<std::string> take_quoted(std::string_view& text) {
  std::string word;
  char quote = '\0';
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == '\0' && kBlanks.find(c) != std::string_view::npos) break;
    if (c == '\\' && quote != '\'' && at + 1 < text.size()) {
      word += text[++at];
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else {
      word += c;
    }
  }
  if (quote != '\0') return fail(ErrorKind::Invalid, "a quote is not closed");
  text = trimmed(text.substr(at));
  return word;
}

}  // namespace

std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::string_view word = text.substr(0, text.find_first_of(kBlanks));
  text = trimmed(text.substr(word.size()));
  return word;
}

Result<std::vector<std::string>> read_words(std::string_view text) {
  std::vector<std::string> words;
  text = trimmed(text);
  while (!text.empty()) {
    auto word = take_quoted(text);
    if (!word) return pass_up(word);
    words.push_back(std::move(*word));
  }
  return words;
}

Result<std::vector<std::pair<std::string, std::string>>> read_pairs(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::string_view rest = text;
  const std::string_view first = take_word(rest);
  if (first.find('=') == std::string_view::npos) {
    if (rest.empty()) return fail(ErrorKind::Invalid, "{:?} has no value (name=value)", first);
    pairs.emplace_back(std::string(first), std::string(rest));
    return pairs;
  }
  auto words = read_words(text);
  if (!words) return pass_up(words);
  for (const std::string& word : *words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(ErrorKind::Invalid, "{:?} is not name=value", word);
    pairs.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return pairs;
}

Result<std::optional<std::vector<std::string>>> read_word_list(std::string_view text) {
  std::optional<std::vector<std::string>> list;
  text = trimmed(text);
  if (!text.starts_with('[')) return list;
  const auto node = schemas::read_json(text, "change");
  // `[ -f /x ] && run` is a shell command that only looks like a list.
  if (!node || node->kind != schemas::Node::Kind::Sequence) return list;
  list.emplace();
  for (const schemas::Node& item : node->items) {
    if (item.kind != schemas::Node::Kind::Quoted)
      return fail(ErrorKind::Invalid, "a command in brackets is a list of strings");
    list->push_back(item.text);
  }
  return list;
}

Result<std::string> read_port(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view number = text.substr(0, slash);
  const std::string_view transport =
      slash == std::string_view::npos ? "tcp" : text.substr(slash + 1);
  std::uint16_t port = 0;
  const char* last = number.data() + number.size();
  const auto [end, error] = std::from_chars(number.data(), last, port);
  if (error != std::errc{} || end != last || port == 0 ||
      (transport != "tcp" && transport != "udp" && transport != "sctp")) {
    return fail(ErrorKind::Invalid, "{:?} is not a port such as 80 or 53/udp", text);
  }
  return fmt::format("{}/{}", port, transport);
}

}  // namespace runtime
