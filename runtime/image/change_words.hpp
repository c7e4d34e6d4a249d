// The words of a `--change` instruction: quoting, pairs, lists and ports as Dockerfiles write them.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/vocabulary/error.hpp"

namespace runtime {

// Takes the first word off `text`, and the blanks around it; no quoting.
[[nodiscard]] std::string_view take_word(std::string_view& text);

// Words separated by blanks; '...', "..." and \x quote.
[[nodiscard]] schemas::Result<std::vector<std::string>> read_words(std::string_view text);

// `a=1 b="two words"`, or the old form `a the rest of the line`.
[[nodiscard]] schemas::Result<std::vector<std::pair<std::string, std::string>>> read_pairs(
    std::string_view text);

// `["redis-server", "--save"]`; nothing when the text is no JSON list of strings.
[[nodiscard]] schemas::Result<std::optional<std::vector<std::string>>> read_word_list(
    std::string_view text);

// "80" is "80/tcp".
[[nodiscard]] schemas::Result<std::string> read_port(std::string_view text);

}  // namespace runtime
