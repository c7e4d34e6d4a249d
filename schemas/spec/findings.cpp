// Collects findings and hands them out in the order of the file.
#include "schemas/spec/findings.hpp"

#include <utility>

namespace schemas {

void Findings::error(const Mark& mark, std::string path, std::string text, std::string hint) {
  errors_.push_back({.severity = Severity::Error,
                     .mark = mark,
                     .path = std::move(path),
                     .text = std::move(text),
                     .hint = std::move(hint),
                     .source = {}});
}

void Findings::warn(const Mark& mark, std::string path, std::string text, std::string hint) {
  warnings_.push_back({.severity = Severity::Warning,
                       .mark = mark,
                       .path = std::move(path),
                       .text = std::move(text),
                       .hint = std::move(hint),
                       .source = {}});
}

void Findings::error_at(const Mark& mark, std::string path, const Error& failed) {
  error(mark, std::move(path), failed.text());
}

std::vector<Finding> Findings::take_errors() {
  sort_by_place(errors_);
  return std::exchange(errors_, {});
}

std::vector<Finding> Findings::take_warnings() {
  sort_by_place(warnings_);
  return std::exchange(warnings_, {});
}

}  // namespace schemas
