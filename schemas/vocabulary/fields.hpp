// Fields: reads the members of a record that we wrote ourselves, and keeps the first thing wrong.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary/document.hpp"

namespace schemas {

// A mapping seen as a record: ask for every field, then ask whether all was well. The node must
// outlive it.
class Fields {
 public:
  // `what` names the record in errors: "container config".
  Fields(const Node& node, std::string what);

  [[nodiscard]] std::string text(std::string_view key);  // "" when absent
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view key);
  [[nodiscard]] bool boolean(std::string_view key);  // false when absent
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);
  [[nodiscard]] std::map<std::string, std::string> text_map(std::string_view key);
  [[nodiscard]] const Node* node(std::string_view key) const;          // nullptr when absent
  [[nodiscard]] const std::vector<Node>& items(std::string_view key);  // of a sequence

  // The position of the field's text among `words`; the first one when absent.
  [[nodiscard]] std::size_t choice(std::string_view key,
                                   std::initializer_list<std::string_view> words);

  // What a Result holds; its error becomes the record's, and a default value stands in.
  template <typename T>
  T take(std::string_view key, Result<T> read) {
    if (read) return std::move(*read);
    refuse(key, read.error().text());
    return T{};
  }

  void refuse(std::string_view key, std::string_view why);
  [[nodiscard]] Result<> done() const;

 private:
  const Node* record_;
  std::string what_;
  std::optional<Error> first_;
};

// Sequences and mappings of strings, as records hold them.
[[nodiscard]] Node write_texts(const std::vector<std::string>& texts);
[[nodiscard]] Node write_text_map(const std::map<std::string, std::string>& map);

}  // namespace schemas
