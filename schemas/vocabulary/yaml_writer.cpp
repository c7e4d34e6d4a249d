// Writes nodes as block-style YAML, as compose's `config` does.
#include "schemas/vocabulary/document.hpp"
#include "schemas/vocabulary/scalar_text.hpp"

namespace schemas {

namespace {

bool is_empty_collection(const Node& node) {
  return !node.is_scalar() && node.items.empty() && node.entries.empty();
}

void append_string(std::string& text, std::string_view value) {
  if (is_safe_plain_yaml(value)) {
    text += value;
  } else {
    append_json_string(text, value);
  }
}

void append_inline(std::string& text, const Node& node) {
  if (node.kind == Node::Kind::Sequence) {
    text += "[]";
  } else if (node.kind == Node::Kind::Mapping) {
    text += "{}";
  } else if (node.is_null()) {
    text += "null";
  } else if (node.kind == Node::Kind::Plain && is_json_bare(node.text)) {
    text += node.text;
  } else {
    append_string(text, node.text);
  }
}

void append_block(std::string& text, const Node& node, std::size_t indent);

// What follows "key:" or "-".
void append_value(std::string& text, const Node& node, std::size_t indent) {
  if (node.is_scalar() || is_empty_collection(node)) {
    text += ' ';
    append_inline(text, node);
    text += '\n';
    return;
  }
  text += '\n';
  append_block(text, node, indent);
}

// "- " stands in for the first two spaces of the item's own block.
void append_item(std::string& text, const Node& item, std::size_t indent) {
  if (item.is_scalar() || is_empty_collection(item)) {
    text.append(indent, ' ');
    text += '-';
    append_value(text, item, indent);
    return;
  }
  const std::size_t start = text.size();
  append_block(text, item, indent + 2);
  text[start + indent] = '-';
}

// YAML allows 1024 characters before a simple key's colon; a longer one is announced by "?".
void append_key(std::string& text, std::string_view key, std::size_t indent) {
  constexpr std::size_t kLongestSimpleKey = 1000;
  std::string written;
  append_string(written, key);
  text.append(indent, ' ');
  if (written.size() > kLongestSimpleKey) {
    text += "? " + written + '\n';
    text.append(indent, ' ');
  } else {
    text += written;
  }
  text += ':';
}

void append_block(std::string& text, const Node& node, std::size_t indent) {
  for (const Node& item : node.items) append_item(text, item, indent);
  for (const Node::Entry& entry : node.entries) {
    append_key(text, entry.key, indent);
    append_value(text, entry.value, indent + 2);
  }
}

}  // namespace

std::string write_yaml(const Node& node) {
  std::string text;
  if (node.is_scalar() || is_empty_collection(node)) {
    append_inline(text, node);
    return text + '\n';
  }
  append_block(text, node, 0);
  return text;
}

}  // namespace schemas
