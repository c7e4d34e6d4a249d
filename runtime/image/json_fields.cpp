// Reads and writes the typed fields of a JSON object.
#include "runtime/image/json_fields.hpp"

#include <algorithm>
#include <charconv>

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::Node;
using schemas::Result;

const Node* find(const Node& object, std::string_view key) {
  const Node* node = object.find(key);
  return node == nullptr || node->is_null() ? nullptr : node;
}

std::unexpected<schemas::Error> wrong_type(const Node& node, std::string_view key,
                                           const char* wanted) {
  return schemas::fail(ErrorKind::Invalid, "{}: \"{}\" is not {}", node.mark.text(), key, wanted);
}

Result<const Node*> find_kind(const Node& object, std::string_view key, Node::Kind kind,
                              const char* wanted) {
  const Node* node = find(object, key);
  if (node != nullptr && node->kind != kind) return wrong_type(*node, key, wanted);
  return node;
}

}  // namespace

Result<std::string> string_field(const Node& object, std::string_view key) {
  auto node = find_kind(object, key, Node::Kind::Quoted, "a string");
  if (!node) return pass_up(node);
  return *node == nullptr ? std::string{} : (*node)->text;
}

Result<std::int64_t> number_field(const Node& object, std::string_view key) {
  auto node = find_kind(object, key, Node::Kind::Plain, "a number");
  if (!node) return pass_up(node);
  if (*node == nullptr) return std::int64_t{0};
  const std::string& text = (*node)->text;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return wrong_type(**node, key, "a whole number");
  return value;
}

Result<std::vector<std::string>> strings_field(const Node& object, std::string_view key) {
  auto node = array_field(object, key);
  if (!node) return pass_up(node);
  std::vector<std::string> values;
  if (*node == nullptr) return values;
  for (const Node& item : (*node)->items) {
    if (item.kind != Node::Kind::Quoted) return wrong_type(item, key, "a list of strings");
    values.push_back(item.text);
  }
  return values;
}

Result<std::map<std::string, std::string>> string_map_field(const Node& object,
                                                            std::string_view key) {
  auto node = object_field(object, key);
  if (!node) return pass_up(node);
  std::map<std::string, std::string> values;
  if (*node == nullptr) return values;
  for (const Node::Entry& entry : (*node)->entries) {
    if (entry.value.kind != Node::Kind::Quoted)
      return wrong_type(entry.value, key, "an object of strings");
    values[entry.key] = entry.value.text;
  }
  return values;
}

Result<std::vector<std::string>> set_field(const Node& object, std::string_view key) {
  auto node = object_field(object, key);
  if (!node) return pass_up(node);
  std::vector<std::string> values;
  if (*node == nullptr) return values;
  for (const Node::Entry& entry : (*node)->entries) values.push_back(entry.key);
  std::sort(values.begin(), values.end());
  return values;
}

Result<const Node*> object_field(const Node& object, std::string_view key) {
  return find_kind(object, key, Node::Kind::Mapping, "an object");
}

Result<const Node*> array_field(const Node& object, std::string_view key) {
  return find_kind(object, key, Node::Kind::Sequence, "a list");
}

Node strings_node(const std::vector<std::string>& values) {
  Node node = Node::sequence();
  for (const std::string& value : values) node.add(Node::string(value));
  return node;
}

Node string_map_node(const std::map<std::string, std::string>& values) {
  Node node = Node::mapping();
  for (const auto& [key, value] : values) node.set(key, Node::string(value));
  return node;
}

Node set_node(const std::vector<std::string>& values) {
  Node node = Node::mapping();
  for (const std::string& value : values) node.set(value, Node::mapping());
  return node;
}

}  // namespace runtime
