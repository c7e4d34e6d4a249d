// Each rule of the architecture, judged line by line.
#include "tests/architecture/rules.hpp"

#include <filesystem>
#include <optional>
#include <regex>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tests {
namespace {

constexpr std::size_t kMostLines = 400;

bool lies_in(const std::string& path, const std::string& folder) {
  return path.starts_with(folder + "/");
}

// The folder of the longest rule that `path` lies in.
std::optional<std::string> find_floor(const Rules& rules, const std::string& path) {
  std::optional<std::string> found;
  for (const auto& [folder, below] : rules.floors) {
    if (lies_in(path, folder) && (!found || folder.size() > found->size())) found = folder;
  }
  return found;
}

// What a file may include, or nothing when no rule speaks of its folder.
std::optional<std::set<std::string>> find_allowed(const Rules& rules, const std::string& path) {
  if (const auto floor = find_floor(rules, path)) {
    auto allowed = rules.floors.at(*floor);
    allowed.insert(*floor);
    return allowed;
  }
  for (const auto& [folder, below] : rules.floors) {
    const std::string tests = "tests/" + std::filesystem::path(folder).filename().string();
    if (!lies_in(path, tests)) continue;
    auto allowed = below;
    allowed.insert({folder, tests, "tests/support"});
    return allowed;
  }
  return std::nullopt;
}

std::optional<std::string> judge_own(const Rules& rules, const SourceFile& file,
                                     const std::string& target) {
  const auto allowed = find_allowed(rules, file.path);
  if (!allowed) return "no floor of arrows.txt holds this file";
  for (const auto& folder : *allowed) {
    if (lies_in(target, folder)) return std::nullopt;
  }
  return fmt::format("may include only {}", fmt::join(*allowed, ", "));
}

std::optional<std::string> judge_package(const Rules& rules, const SourceFile& file,
                                         const std::string& target) {
  std::string longest;
  for (const auto& [prefix, folders] : rules.packages) {
    if (target.starts_with(prefix) && prefix.size() > longest.size()) longest = prefix;
  }
  if (longest.empty()) {
    for (const auto& prefix : rules.headers) {
      if (target.starts_with(prefix)) return std::nullopt;
    }
    if (!target.contains('/')) return std::nullopt;  // the C and C++ libraries
    return "no rule of arrows.txt speaks of this package";
  }
  const auto& folders = rules.packages.at(longest);
  const bool in_tests = file.path.starts_with("tests/");
  if (!in_tests && !file.path.ends_with(".cpp")) return "packages are included by .cpp files only";
  for (const auto& folder : folders) {
    if (lies_in(file.path, folder)) return std::nullopt;
  }
  return fmt::format("{} belongs to {}", longest, fmt::join(folders, ", "));
}

}  // namespace

Rules read_rules(const std::string& text) {
  Rules rules;
  for (const auto& line : split_lines(text)) {
    std::istringstream words(line);
    std::string kind, subject, arrow;
    if (!(words >> kind) || kind.starts_with('#') || !(words >> subject)) continue;
    words >> arrow;
    std::set<std::string> rest;
    for (std::string word; words >> word;) rest.insert(word);
    if (kind == "floor") rules.floors[subject] = rest;
    if (kind == "package") rules.packages[subject] = rest;
    if (kind == "header") rules.headers.insert(subject);
  }
  return rules;
}

std::vector<std::string> find_forbidden_includes(const Rules& rules, const SourceFile& file) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"])re");
  std::vector<std::string> troubles;
  for (std::size_t number = 0; number < file.lines.size(); ++number) {
    std::smatch match;
    if (!std::regex_search(file.lines[number], match, kInclude)) continue;
    const auto trouble =
        match[1] == "\"" ? judge_own(rules, file, match[2]) : judge_package(rules, file, match[2]);
    if (!trouble) continue;
    troubles.push_back(
        fmt::format("{}:{}: {}: {}", file.path, number + 1, file.lines[number], *trouble));
  }
  return troubles;
}

std::vector<std::string> find_size_trouble(const SourceFile& file) {
  if (file.lines.size() <= kMostLines) return {};
  return {
      fmt::format("{}:{}: a file has at most {} lines", file.path, file.lines.size(), kMostLines)};
}

std::vector<std::string> find_name_trouble(const SourceFile& file) {
  static const std::regex kBanned(R"((^|[/_.])(utils?|common|helpers?|misc|managers?)([/_.]|$))");
  if (!std::regex_search(file.path, kBanned)) return {};
  return {fmt::format("{}: a name says what is inside; util, common, helper, misc, manager do not",
                      file.path)};
}

std::vector<std::string> find_missing_opening(const SourceFile& file) {
  static const std::regex kOpening(R"(^(//|#|/\*) \S+ .*)");
  static const std::regex kComment(R"(^(//|#|/\*).*)");
  std::size_t at = !file.lines.empty() && file.lines[0].starts_with("#!") ? 1 : 0;
  const std::size_t first = at;
  if (at < file.lines.size() && std::regex_match(file.lines[at], kOpening)) {
    for (; at < file.lines.size() && std::regex_match(file.lines[at], kComment); ++at) {
      if (file.lines[at].ends_with('.') || file.lines[at].ends_with(". */")) return {};
    }
  }
  return {fmt::format("{}:{}: a file opens with one sentence that says what it holds", file.path,
                      first + 1)};
}

}  // namespace tests
