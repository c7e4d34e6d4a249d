// Reads typed values out of a mapping, and says what is wrong with the others.
#include "schemas/spec/parse/section.hpp"

#include <algorithm>
#include <charconv>

namespace schemas {

namespace {

const Node& empty_mapping() {
  static const Node kEmpty = Node::mapping();
  return kEmpty;
}

}  // namespace

std::optional<std::int64_t> read_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

Section::Section(const Node& node, std::string path, const KeyTable& table, Findings& findings)
    : node_(&node), path_(std::move(path)), findings_(&findings) {
  if (node.kind == Node::Kind::Mapping) {
    check_keys(node, path_, table, findings);
  } else {
    node_ = &empty_mapping();
    findings.error(node.mark, path_, "must be a mapping (`key: value` lines)");
  }
}

const Node* Section::find(std::string_view key) const {
  const Node* found = node_->find(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::string Section::path(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

Mark Section::mark(std::string_view key) const {
  const Node* found = node_->find(key);
  return found != nullptr ? found->mark : node_->mark;
}

void Section::refuse(std::string_view key, std::string text, std::string hint) const {
  findings_->error(mark(key), path(key), std::move(text), std::move(hint));
}

template <typename T>
std::optional<T> Section::take(std::string_view key, const Result<T>& read) const {
  if (read) return *read;
  refuse(key, read.error().text());
  return {};
}

std::optional<std::string> Section::text(std::string_view key) const {
  const Node* found = find(key);
  if (found == nullptr) return {};
  if (found->is_scalar()) return found->text;
  refuse(key, "must be text");
  return {};
}

std::optional<bool> Section::boolean(std::string_view key) const {
  const auto value = text(key);
  if (!value) return {};
  if (*value == "true" || *value == "True" || *value == "TRUE") return true;
  if (*value == "false" || *value == "False" || *value == "FALSE") return false;
  std::string lower = *value;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const bool yes = lower == "yes" || lower == "y" || lower == "on";
  if (!yes && lower != "no" && lower != "n" && lower != "off") {
    refuse(key, fmt::format("`{}` is neither true nor false", *value));
    return {};
  }
  findings_->warn(mark(key), path(key),
                  fmt::format("`{}` is YAML 1.1: write {}", *value, yes ? "true" : "false"));
  return yes;
}

std::optional<std::int64_t> Section::integer(std::string_view key, std::int64_t min,
                                             std::int64_t max) const {
  const auto value = text(key);
  if (!value) return {};
  const auto number = read_integer(*value);
  if (number && *number >= min && *number <= max) return number;
  refuse(key, number ? fmt::format("{} is not between {} and {}", *number, min, max)
                     : fmt::format("`{}` is no whole number", *value));
  return {};
}

std::optional<Duration> Section::duration(std::string_view key) const {
  const auto value = text(key);
  return value ? take(key, read_duration(*value)) : std::nullopt;
}

std::optional<std::int64_t> Section::byte_size(std::string_view key) const {
  const auto value = text(key);
  return value ? take(key, read_byte_size(*value)) : std::nullopt;
}

std::optional<std::int64_t> Section::cpus(std::string_view key) const {
  const auto value = text(key);
  return value ? take(key, read_cpus(*value)) : std::nullopt;
}

std::optional<std::uint32_t> Section::octal(std::string_view key) const {
  const auto value = text(key);
  if (!value) return {};
  std::string_view digits = *value;
  if (digits.starts_with("0o")) digits.remove_prefix(2);
  std::uint32_t mode = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), mode, 8);
  if (error == std::errc{} && end == digits.data() + digits.size() && mode <= 07777) return mode;
  refuse(key, fmt::format("`{}` is no octal mode such as 0440", *value));
  return {};
}

std::vector<std::string> Section::texts(std::string_view key) const {
  const Node* found = find(key);
  if (found == nullptr) return {};
  if (found->is_scalar()) return {found->text};
  std::vector<std::string> texts;
  for (const Node& item : items(key)) {
    if (item.is_scalar() && !item.is_null()) {
      texts.push_back(item.text);
    } else {
      findings_->error(item.mark, path(key), "every item must be text");
    }
  }
  return texts;
}

std::optional<std::size_t> Section::choice(std::string_view key,
                                           std::initializer_list<std::string_view> words) const {
  const auto value = text(key);
  if (!value) return {};
  const auto* const found = std::find(words.begin(), words.end(), *value);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  refuse(key, fmt::format("`{}` is not one of {}", *value, fmt::join(words, ", ")),
         did_you_mean(*value, std::span(words.begin(), words.size())));
  return {};
}

const std::vector<Node>& Section::items(std::string_view key) const {
  const Node* found = find(key);
  if (found == nullptr) return empty_mapping().items;
  if (found->kind != Node::Kind::Sequence) refuse(key, "must be a list (`- item` lines)");
  return found->items;
}

}  // namespace schemas
