// Splits a command line into words as a shell would, without running one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary/error.hpp"

namespace schemas {

// Quotes and backslashes as in POSIX sh (2.2 Quoting); nothing is expanded.
[[nodiscard]] Result<std::vector<std::string>> split_words(std::string_view text);

}  // namespace schemas
