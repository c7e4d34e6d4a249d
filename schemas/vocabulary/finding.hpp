// Finding: one thing worth saying about the project file, with the place where it was written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary/document.hpp"

namespace schemas {

enum class Severity : std::uint8_t { Error, Warning };

// What is wrong (or odd), where, and how to put it right. Never about the machine, only the text.
struct Finding {
  Severity severity{Severity::Error};
  Mark mark;
  std::string path;    // "services.web.ports[0]"
  std::string text;    // what and why
  std::string hint;    // how to fix it; may be empty
  std::string source;  // the line that `mark` points into; may be empty
};

// One line: "compose.yaml:3:5: error: services.web.imgae: unknown key (did you mean `image`?)".
[[nodiscard]] std::string describe(const Finding& finding);

// The same with the source line and a caret below it, and the hint on a line of its own.
[[nodiscard]] std::string explain(const Finding& finding);

// All of them, explained; every line ends with a newline.
[[nodiscard]] std::string explain(const std::vector<Finding>& findings);

// Fills in each finding's source line from `text`, the contents of the file named `file`.
void quote_source(std::vector<Finding>& findings, const std::string& file, std::string_view text);

// By place: file, line, column; then by text.
void sort_by_place(std::vector<Finding>& findings);

}  // namespace schemas
