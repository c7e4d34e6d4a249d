// The split happens before the command line library looks, which would read options to the end.
#include "orchestrator/cli/exec_words.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace orchestrator {
namespace {

// Every option that may stand before the service and takes the next word as its value.
constexpr std::array<std::string_view, 18> kTakesWord{
    "-f",         "--file", "-p",     "--project-name", "--env-file", "--project-directory",
    "--progress", "--ansi", "--root", "--run",          "-e",         "--env",
    "-u",         "--user", "-w",     "--workdir",      "--index",    "--profile"};

bool takes_next_word(std::string_view word) {
  if (std::find(kTakesWord.begin(), kTakesWord.end(), word) != kTakesWord.end()) return true;
  // "-Te" is -T and -e: the last letter of a group may take the next word.
  if (word.size() < 3 || word[0] != '-' || word[1] == '-') return false;
  const auto taker = word.find_first_of("fpeuw", 1);
  return taker == word.size() - 1;
}

}  // namespace

SplitWords split_exec_words(std::span<const std::string> words) {
  std::size_t plain = 0;  // words that are no options: first "exec", then the service
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (takes_next_word(word)) {
      ++at;
      continue;
    }
    if (word.size() > 1 && word.front() == '-') continue;
    if (plain == 0 && word != "exec") break;
    if (++plain == 2) {
      const auto end = words.begin() + static_cast<std::ptrdiff_t>(at) + 1;
      return {{words.begin(), end}, {end, words.end()}};
    }
  }
  return {{words.begin(), words.end()}, {}};
}

}  // namespace orchestrator
