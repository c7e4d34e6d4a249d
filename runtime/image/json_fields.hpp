// Typed fields of a JSON object, for the readers of image documents: absent is fine, the wrong type
// is not.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary/document.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

// A JSON null counts as absent, as Go programs write it. Absent gives the empty value.
[[nodiscard]] schemas::Result<std::string> string_field(const schemas::Node& object,
                                                        std::string_view key);
[[nodiscard]] schemas::Result<std::int64_t> number_field(const schemas::Node& object,
                                                         std::string_view key);
[[nodiscard]] schemas::Result<std::vector<std::string>> strings_field(const schemas::Node& object,
                                                                      std::string_view key);
[[nodiscard]] schemas::Result<std::map<std::string, std::string>> string_map_field(
    const schemas::Node& object, std::string_view key);
// The keys of an object whose values say nothing ("Volumes": {"/data": {}}), sorted.
[[nodiscard]] schemas::Result<std::vector<std::string>> set_field(const schemas::Node& object,
                                                                  std::string_view key);
// nullptr when absent.
[[nodiscard]] schemas::Result<const schemas::Node*> object_field(const schemas::Node& object,
                                                                 std::string_view key);
[[nodiscard]] schemas::Result<const schemas::Node*> array_field(const schemas::Node& object,
                                                                std::string_view key);

[[nodiscard]] schemas::Node strings_node(const std::vector<std::string>& values);
[[nodiscard]] schemas::Node string_map_node(const std::map<std::string, std::string>& values);
[[nodiscard]] schemas::Node set_node(const std::vector<std::string>& values);

}  // namespace runtime
