// Nodes: making, finding and comparing them, whatever text they came from.
#include "schemas/vocabulary/document.hpp"

#include <algorithm>

namespace schemas {

std::string Mark::text() const {
  const std::string& name = file ? *file : std::string{};
  if (line == 0) return name;
  return fmt::format("{}:{}:{}", name, line, column);
}

Node Node::null() {
  Node node;
  node.text = "null";
  return node;
}

Node Node::boolean(bool value) {
  Node node;
  node.text = value ? "true" : "false";
  return node;
}

Node Node::number(std::int64_t value) {
  Node node;
  node.text = fmt::format("{}", value);
  return node;
}

Node Node::string(std::string value) {
  Node node;
  node.kind = Kind::Quoted;
  node.text = std::move(value);
  return node;
}

Node Node::sequence() {
  Node node;
  node.kind = Kind::Sequence;
  return node;
}

Node Node::mapping() {
  Node node;
  node.kind = Kind::Mapping;
  return node;
}

bool Node::is_null() const {
  if (kind != Kind::Plain) return false;
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Node* Node::find(std::string_view key) {
  for (Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

void Node::set(std::string key, Node value) {
  if (Node* present = find(key); present != nullptr) {
    *present = std::move(value);
    return;
  }
  entries.push_back(Entry{.key = std::move(key), .key_mark = {}, .value = std::move(value)});
}

void Node::add(Node value) { items.push_back(std::move(value)); }

bool same_value(const Node& left, const Node& right) {
  if (left.is_null() && right.is_null()) return true;
  if (left.kind != right.kind || left.tag != right.tag || left.text != right.text ||
      left.items.size() != right.items.size() || left.entries.size() != right.entries.size()) {
    return false;
  }
  if (!std::equal(left.items.begin(), left.items.end(), right.items.begin(), same_value)) {
    return false;
  }
  // The order of keys says nothing; keys are unique, so equal sizes and one direction suffice.
  return std::all_of(left.entries.begin(), left.entries.end(), [&](const Node::Entry& entry) {
    const Node* other = right.find(entry.key);
    return other != nullptr && same_value(entry.value, *other);
  });
}

}  // namespace schemas
