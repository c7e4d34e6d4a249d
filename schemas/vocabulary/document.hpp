// A Document: YAML or JSON text as a tree of nodes that know where they were written.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/vocabulary/error.hpp"

namespace schemas {

// Where a value was written. Lines and columns count from 1; line 0 means "nowhere".
struct Mark {
  std::shared_ptr<const std::string> file;
  std::uint32_t line{0};
  std::uint32_t column{0};

  [[nodiscard]] std::string text() const;  // "compose.yaml:12:5"
};

// One value of a Document. A plain scalar gets its type from where it is used (the loader decides,
// not YAML 1.1); a quoted one is always a string. Mappings keep the order of the file.
struct Node {
  enum class Kind : std::uint8_t { Plain, Quoted, Sequence, Mapping };
  struct Entry;

  Kind kind{Kind::Plain};
  std::string text;            // of a scalar
  std::string tag;             // "!reset", "!override" or empty
  Mark mark;                   // of the value
  std::vector<Node> items;     // of a sequence
  std::vector<Entry> entries;  // of a mapping

  static Node null();
  static Node boolean(bool value);  // NOLINT: the one place where a bool is the value itself
  static Node number(std::int64_t value);
  static Node string(std::string value);
  static Node sequence();
  static Node mapping();

  [[nodiscard]] bool is_scalar() const { return kind == Kind::Plain || kind == Kind::Quoted; }
  [[nodiscard]] bool is_null() const;                          // a plain "", "~" or "null"
  [[nodiscard]] const Node* find(std::string_view key) const;  // nullptr when absent
  [[nodiscard]] Node* find(std::string_view key);
  void set(std::string key, Node value);  // replaces or appends
  void add(Node value);                   // appends to a sequence
};

// One key of a mapping with the place where the key was written.
struct Node::Entry {
  std::string key;
  Mark key_mark;
  Node value;
};

// Equal values, whatever their marks: what fingerprints and diffs compare.
[[nodiscard]] bool same_value(const Node& left, const Node& right);

// Bounds for hostile text; a text beyond one of them is refused by name.
struct DocumentLimits {
  std::size_t bytes{16U << 20U};
  std::size_t depth{128};
  std::size_t nodes{1'000'000};  // after aliases are expanded
};

// Reads every YAML document of `text`. Aliases and `<<` merges are resolved; duplicate keys,
// cycles, invalid UTF-8, NUL and anything beyond `limits` is an Invalid error that names
// file:line:column.
[[nodiscard]] Result<std::vector<Node>> read_yaml(std::string_view text, std::string file,
                                                  const DocumentLimits& limits = {});

// Reads one JSON text (RFC 8259), as strict and as bounded.
[[nodiscard]] Result<Node> read_json(std::string_view text, std::string file,
                                     const DocumentLimits& limits = {});

enum class JsonLayout : std::uint8_t { Compact, Indented };

// JSON text; a plain scalar is written bare only when it is a JSON number, boolean or null.
[[nodiscard]] std::string write_json(const Node& node, JsonLayout layout = JsonLayout::Compact);

// YAML text in block style; a string that a YAML reader could take for something else is quoted.
[[nodiscard]] std::string write_yaml(const Node& node);

}  // namespace schemas
