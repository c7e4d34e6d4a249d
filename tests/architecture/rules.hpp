// The architecture as rules over text: arrows between floors, packages, file sizes, names, opening
// sentences.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/architecture/source_tree.hpp"

namespace tests {

struct Rules {
  std::map<std::string, std::set<std::string>> floors;    // folder -> what it stands on
  std::map<std::string, std::set<std::string>> packages;  // include prefix -> folders
  std::set<std::string> headers;                          // include prefixes open to all
};

[[nodiscard]] Rules read_rules(const std::string& text);

// "runtime/x.cpp:3: #include ...: runtime/image may include runtime/sys, schemas/vocabulary".
[[nodiscard]] std::vector<std::string> find_forbidden_includes(const Rules& rules,
                                                               const SourceFile& file);
[[nodiscard]] std::vector<std::string> find_size_trouble(const SourceFile& file);
[[nodiscard]] std::vector<std::string> find_name_trouble(const SourceFile& file);
[[nodiscard]] std::vector<std::string> find_missing_opening(const SourceFile& file);

}  // namespace tests
