// `$NAME` and `${NAME…}` inside one text, with all of compose's operators.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary/error.hpp"

namespace schemas {

using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

struct Expansion {
  std::string text;
  bool changed{false};             // a variable or `$$` stood in the text
  std::vector<std::string> unset;  // variables without value and without default
};

// `${V:-d}` `${V-d}` `${V:?e}` `${V?e}` `${V:+a}` `${V+a}`, nested in d, e and a; `$$` is `$`; a
// `$` that starts no name is left alone.
[[nodiscard]] Result<Expansion> expand(std::string_view text, const Lookup& lookup);

}  // namespace schemas
