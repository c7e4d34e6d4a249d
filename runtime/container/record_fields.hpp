// Reading one JSON object of a record strictly: every member once, nothing unknown.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/vocabulary/document.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace runtime {

// JSON holds UTF-8 only; what a probe printed may be anything. Other bytes become "?".
[[nodiscard]] std::string clean_text(std::string_view text);

// The members of one object. A bad value is remembered and told by finish(), as is a member that
// nobody took: a record of a newer version is refused, not half understood.
class Members {
 public:
  static schemas::Result<Members> of(const schemas::Node& node);

  const schemas::Node* take(std::string_view key);  // nullptr when absent

  template <typename Value>
  void take_number(std::string_view key, Value& value) {
    const schemas::Node* member = take(key);
    if (member == nullptr) return;
    Value read{};
    const std::string& text = member->text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (member->kind != schemas::Node::Kind::Plain || error != std::errc{} ||
        end != text.data() + text.size())
      return refuse(key);
    value = read;
  }

  template <typename Value, std::size_t N>
  void take_choice(std::string_view key, const std::array<std::string_view, N>& texts,
                   Value& value) {
    std::string text;
    take_text(key, text);
    if (text.empty()) return;
    const auto found = std::find(texts.begin(), texts.end(), text);
    if (found == texts.end()) return refuse(key);
    value = static_cast<Value>(found - texts.begin());
  }

  void take_boolean(std::string_view key, bool& value);
  void take_text(std::string_view key, std::string& value);
  void take_instant(std::string_view key, std::optional<schemas::Instant>& value);
  void take_instant(std::string_view key, schemas::Instant& value);
  void take_time(std::string_view key, schemas::WallTime& value);

  void refuse(std::string_view key);
  [[nodiscard]] schemas::Result<> finish() const;

 private:
  explicit Members(const schemas::Node& node) : node_(&node) {}
  const schemas::Node* node_;
  std::size_t taken_{0};
  std::string bad_;
};

}  // namespace runtime
