// Columns of text, as docker prints them: three blanks between, nothing behind the last.
#pragma once

#include <string>
#include <vector>

namespace orchestrator {

[[nodiscard]] std::string write_table(const std::vector<std::vector<std::string>>& rows);

// Columns of a terminal that the text takes: code points, not bytes.
[[nodiscard]] std::size_t display_width(const std::string& text);

}  // namespace orchestrator
