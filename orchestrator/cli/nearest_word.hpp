// The word that a mistyped one was probably meant to be.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace orchestrator {

// Nothing when no candidate is within a third of the word's length (edit distance).
[[nodiscard]] std::optional<std::string> nearest_word(std::string_view word,
                                                      std::span<const std::string> candidates);

}  // namespace orchestrator
