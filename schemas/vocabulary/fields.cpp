// Reads records field by field.
#include "schemas/vocabulary/fields.hpp"

#include <charconv>

namespace schemas {

namespace {

const Node& empty_mapping() {
  static const Node kEmpty = Node::mapping();
  return kEmpty;
}

}  // namespace

Fields::Fields(const Node& node, std::string what) : record_(&node), what_(std::move(what)) {
  if (node.kind == Node::Kind::Mapping) return;
  record_ = &empty_mapping();
  first_ =
      Error(ErrorKind::Invalid, fmt::format("{}: {} must be a mapping", node.mark.text(), what_));
}

const Node* Fields::node(std::string_view key) const {
  const Node* found = record_->find(key);
  return found != nullptr && found->is_null() ? nullptr : found;
}

void Fields::refuse(std::string_view key, std::string_view why) {
  if (first_) return;
  const Node* found = record_->find(key);
  const Mark& mark = found != nullptr ? found->mark : record_->mark;
  first_ = Error(ErrorKind::Invalid, fmt::format("{}: {}: {}: {}", mark.text(), what_, key, why));
}

std::string Fields::text(std::string_view key) {
  const Node* found = node(key);
  if (found == nullptr) return {};
  if (found->is_scalar()) return found->text;
  refuse(key, "must be text");
  return {};
}

std::optional<std::int64_t> Fields::number(std::string_view key) {
  const Node* found = node(key);
  if (found == nullptr) return {};
  std::int64_t value = 0;
  const char* end = found->text.data() + found->text.size();
  const auto [stop, error] = std::from_chars(found->text.data(), end, value);
  if (found->is_scalar() && error == std::errc{} && stop == end) return value;
  refuse(key, "must be a whole number");
  return {};
}

bool Fields::boolean(std::string_view key) { return choice(key, {"false", "true"}) == 1; }

std::size_t Fields::choice(std::string_view key, std::initializer_list<std::string_view> words) {
  const Node* found = node(key);
  if (found == nullptr) return 0;
  std::size_t at = 0;
  for (const std::string_view word : words) {
    if (found->is_scalar() && found->text == word) return at;
    ++at;
  }
  refuse(key, fmt::format("`{}` is not known", found->text));
  return 0;
}

const std::vector<Node>& Fields::items(std::string_view key) {
  const Node* found = node(key);
  if (found == nullptr) return empty_mapping().items;
  if (found->kind != Node::Kind::Sequence) refuse(key, "must be a list");
  return found->items;
}

std::vector<std::string> Fields::texts(std::string_view key) {
  std::vector<std::string> texts;
  for (const Node& item : items(key)) {
    if (!item.is_scalar()) refuse(key, "must be a list of texts");
    texts.push_back(item.text);
  }
  return texts;
}

std::map<std::string, std::string> Fields::text_map(std::string_view key) {
  std::map<std::string, std::string> map;
  const Node* found = node(key);
  if (found == nullptr) return map;
  if (found->kind != Node::Kind::Mapping) refuse(key, "must be a mapping");
  for (const Node::Entry& entry : found->entries) {
    if (!entry.value.is_scalar()) refuse(key, "must be a mapping of texts");
    map.emplace(entry.key, entry.value.text);
  }
  return map;
}

Result<> Fields::done() const {
  if (first_) return std::unexpected<Error>(*first_);
  return {};
}

Node write_texts(const std::vector<std::string>& texts) {
  Node node = Node::sequence();
  for (const std::string& text : texts) node.add(Node::string(text));
  return node;
}

Node write_text_map(const std::map<std::string, std::string>& map) {
  Node node = Node::mapping();
  node.entries.reserve(map.size());
  for (const auto& [key, value] : map) {
    node.entries.push_back({.key = key, .key_mark = {}, .value = Node::string(value)});
  }
  return node;
}

}  // namespace schemas
