// Which files of the tree the architecture's rules are about, and how they are read.
#include "tests/architecture/source_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace tests {
namespace {

namespace fs = std::filesystem;

bool is_left_out(const fs::path& folder) {
  const std::string name = folder.filename();
  return name == ".git" || name == ".cache" || fs::exists(folder / "CMakeCache.txt");
}

std::string read_text(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// A script has no telling name, only its first two bytes.
bool is_wanted(const fs::path& path, const std::string& text) {
  static const std::set<std::string> kinds{".cpp", ".hpp", ".c", ".h", ".S", ".cmake"};
  return kinds.contains(path.extension()) || path.filename() == "CMakeLists.txt" ||
         text.starts_with("#!");
}

}  // namespace

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<SourceFile> read_source_tree(const std::string& root) {
  std::vector<SourceFile> files;
  for (auto walk = fs::recursive_directory_iterator(root);
       walk != fs::recursive_directory_iterator(); ++walk) {
    if (walk->is_directory() && is_left_out(walk->path())) walk.disable_recursion_pending();
    if (!walk->is_regular_file() || walk->is_symlink()) continue;
    const std::string text = read_text(walk->path());
    if (!is_wanted(walk->path(), text)) continue;
    files.push_back({fs::relative(walk->path(), root).string(), split_lines(text)});
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

}  // namespace tests
