// The house's own files as text, for the architecture test.
#pragma once

#include <string>
#include <vector>

namespace tests {

struct SourceFile {
  std::string path;  // from the repository root
  std::vector<std::string> lines;
};

// Every source, header, CMake file and script below `root`, sorted by path; builds are left out.
[[nodiscard]] std::vector<SourceFile> read_source_tree(const std::string& root);

[[nodiscard]] std::vector<std::string> split_lines(const std::string& text);

}  // namespace tests
