// What the text of a scalar would be taken for: shared by the two writers.
#pragma once

#include <string>
#include <string_view>

namespace schemas {

// true, false, or a number exactly as JSON writes them.
[[nodiscard]] bool is_json_bare(std::string_view text);

// `value` in double quotes with JSON's escapes, which are YAML's too. Bytes that no JSON
// text may hold (not UTF-8, NUL) become U+FFFD, so that what we write can always be read.
void append_json_string(std::string& text, std::string_view value);

// A string that every YAML reader (1.1 and 1.2) takes for this very string without quotes.
[[nodiscard]] bool is_safe_plain_yaml(std::string_view text);

}  // namespace schemas
