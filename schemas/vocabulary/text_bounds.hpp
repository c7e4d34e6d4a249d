// What every text must pass before a reader looks at it: size, UTF-8, no NUL.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "schemas/vocabulary/document.hpp"

namespace schemas {

// Invalid, with the place, when `text` is longer than `limit`, no UTF-8, or holds a NUL.
[[nodiscard]] Result<> check_text(std::string_view text,
                                  const std::shared_ptr<const std::string>& file,
                                  std::size_t limit);

// Bytes of the UTF-8 character that `text` starts with; 0 when it is none (overlong, surrogate,
// beyond U+10FFFF, cut off).
[[nodiscard]] std::size_t utf8_length(std::string_view text);

// Appends `code_point` as UTF-8.
void append_utf8(std::string& text, std::uint32_t code_point);

}  // namespace schemas
