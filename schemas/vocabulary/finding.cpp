// Findings as text: one line for lists, or with the source line and a caret for people.
#include "schemas/vocabulary/finding.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace schemas {

namespace {

std::string headline(const Finding& finding) {
  std::string text;
  const std::string place = finding.mark.text();
  if (!place.empty()) text += place + ": ";
  text += finding.severity == Severity::Error ? "error: " : "warning: ";
  if (!finding.path.empty()) text += finding.path + ": ";
  return text + finding.text;
}

// Columns count characters; a tab stays a tab so that the caret stands below its character.
std::string caret_padding(std::string_view source, std::uint32_t column) {
  std::string padding;
  std::uint32_t character = 1;
  for (const char c : source) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (begins && character++ >= column) break;
    if (begins) padding += c == '\t' ? '\t' : ' ';
  }
  return padding;
}

auto place_of(const Finding& finding) {
  const std::string& file = finding.mark.file ? *finding.mark.file : std::string{};
  return std::tuple(file, finding.mark.line, finding.mark.column);
}

}  // namespace

std::string describe(const Finding& finding) {
  std::string text = headline(finding);
  if (!finding.hint.empty()) text += " (" + finding.hint + ")";
  return text;
}

std::string explain(const Finding& finding) {
  std::string text = headline(finding) + "\n";
  if (!finding.source.empty()) {
    const std::string number = fmt::format("{:>5}", finding.mark.line);
    text += fmt::format("{} | {}\n", number, finding.source);
    text += fmt::format("{} | {}^\n", std::string(number.size(), ' '),
                        caret_padding(finding.source, finding.mark.column));
  }
  if (!finding.hint.empty()) text += "      hint: " + finding.hint + "\n";
  return text;
}

std::string explain(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) text += explain(finding);
  return text;
}

void quote_source(std::vector<Finding>& findings, const std::string& file, std::string_view text) {
  std::multimap<std::uint32_t, Finding*> wanted;
  for (Finding& finding : findings) {
    const bool here = finding.mark.file && *finding.mark.file == file && finding.mark.line > 0;
    if (here) wanted.emplace(finding.mark.line, &finding);
  }
  std::uint32_t line = 1;
  std::size_t begin = 0;
  for (const auto& [number, finding] : wanted) {
    for (; line < number && begin < text.size(); ++line) {
      begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
    }
    std::string_view source = text.substr(begin, text.find('\n', begin) - begin);
    if (source.ends_with('\r')) source.remove_suffix(1);
    finding->source = std::string(source.substr(0, 200));
  }
}

void sort_by_place(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& left, const Finding& right) {
    const auto left_place = place_of(left);
    const auto right_place = place_of(right);
    return std::tie(left_place, left.text) < std::tie(right_place, right.text);
  });
}

}  // namespace schemas
