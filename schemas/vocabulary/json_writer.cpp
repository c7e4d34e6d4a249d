// Writes nodes as JSON; what is plain and looks like JSON stays bare, everything else is a string.
#include <fmt/format.h>

#include "schemas/vocabulary/document.hpp"
#include "schemas/vocabulary/scalar_text.hpp"

namespace schemas {

namespace {

class JsonWriter {
 public:
  explicit JsonWriter(JsonLayout layout) : layout_(layout) {}

  void write(const Node& node, std::size_t depth) {
    switch (node.kind) {
      case Node::Kind::Plain:
        write_plain(node);
        return;
      case Node::Kind::Quoted:
        append_json_string(text, node.text);
        return;
      case Node::Kind::Sequence:
        write_sequence(node, depth);
        return;
      case Node::Kind::Mapping:
        write_mapping(node, depth);
        return;
    }
  }

  std::string text;

 private:
  void write_plain(const Node& node) {
    if (node.is_null()) {
      text += "null";
    } else if (is_json_bare(node.text)) {
      text += node.text;
    } else {
      append_json_string(text, node.text);
    }
  }

  void write_sequence(const Node& node, std::size_t depth) {
    text += '[';
    for (const Node& item : node.items) {
      if (&item != &node.items.front()) text += ',';
      break_line(depth + 1);
      write(item, depth + 1);
    }
    if (!node.items.empty()) break_line(depth);
    text += ']';
  }

  void write_mapping(const Node& node, std::size_t depth) {
    text += '{';
    for (const Node::Entry& entry : node.entries) {
      if (&entry != &node.entries.front()) text += ',';
      break_line(depth + 1);
      append_json_string(text, entry.key);
      text += layout_ == JsonLayout::Indented ? ": " : ":";
      write(entry.value, depth + 1);
    }
    if (!node.entries.empty()) break_line(depth);
    text += '}';
  }

  void break_line(std::size_t depth) {
    if (layout_ == JsonLayout::Compact) return;
    text += '\n';
    text.append(2 * depth, ' ');
  }

  JsonLayout layout_;
};

}  // namespace

std::string write_json(const Node& node, JsonLayout layout) {
  JsonWriter writer(layout);
  writer.write(node, 0);
  return std::move(writer.text);
}

}  // namespace schemas
