// Section: one mapping of the project file, read key by key into typed values.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/spec/findings.hpp"
#include "schemas/spec/keys.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace schemas {

// A key that is absent or null reads as nothing. A wrong value becomes a finding and reads as
// nothing too, so that parsing goes on and finds the rest.
class Section {
 public:
  // Refuses what is no mapping, and keys that `table` does not have. The node must outlive it.
  Section(const Node& node, std::string path, const KeyTable& table, Findings& findings);

  [[nodiscard]] const Node* find(std::string_view key) const;  // nullptr: absent or null
  [[nodiscard]] std::string path(std::string_view key) const;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const Mark& mark() const { return node_->mark; }
  [[nodiscard]] Mark mark(std::string_view key) const;

  [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, std::int64_t min,
                                                    std::int64_t max) const;
  [[nodiscard]] std::optional<Duration> duration(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> byte_size(std::string_view key) const;
  [[nodiscard]] std::optional<std::int64_t> cpus(std::string_view key) const;
  [[nodiscard]] std::optional<std::uint32_t> octal(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;  // one or a list
  // A position in `words`, which are all that is allowed.
  [[nodiscard]] std::optional<std::size_t> choice(
      std::string_view key, std::initializer_list<std::string_view> words) const;
  // The items of a list; a value that is no list is refused.
  [[nodiscard]] const std::vector<Node>& items(std::string_view key) const;

  void refuse(std::string_view key, std::string text, std::string hint = {}) const;

 private:
  template <typename T>
  std::optional<T> take(std::string_view key, const Result<T>& read) const;

  const Node* node_;
  std::string path_;
  Findings* findings_;
};

// A scalar as an integer; the loader decides, not YAML 1.1: "010" is ten.
[[nodiscard]] std::optional<std::int64_t> read_integer(std::string_view text);

}  // namespace schemas
