// Fuzz body of Document: hostile YAML and JSON never crash it, and what it accepts it can print
// back.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "schemas/vocabulary/document.hpp"

namespace {

using schemas::Node;

constexpr schemas::DocumentLimits kLimits{.bytes = 65536, .depth = 64, .nodes = 20'000};

// Quotes and tags may change on paper; as JSON, a value is what it is.
bool means_the_same(const Node& left, const Node& right) {
  return schemas::write_json(left) == schemas::write_json(right);
}

void check_yaml(std::string_view text) {
  const auto documents = schemas::read_yaml(text, "fuzz.yaml", kLimits);
  if (!documents) return;
  for (const Node& node : *documents) {
    const auto again = schemas::read_yaml(schemas::write_yaml(node), "again.yaml");
    if (!again || again->size() != 1 || !means_the_same(node, again->front())) std::abort();
  }
}

void check_json(std::string_view text) {
  const auto node = schemas::read_json(text, "fuzz.json", kLimits);
  if (!node) return;
  const auto again = schemas::read_json(schemas::write_json(*node), "again.json");
  if (!again || !means_the_same(*node, *again)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_yaml(text);
  check_json(text);
  return 0;
}
