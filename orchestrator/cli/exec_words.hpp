// Where the words of `exec` stop being ours: everything after the service belongs to the command.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace orchestrator {

// "-f x exec -T web ls -e" is ours up to "web"; "ls -e" is the container's.
struct SplitWords {
  std::vector<std::string> ours;
  std::vector<std::string> command;
};

[[nodiscard]] SplitWords split_exec_words(std::span<const std::string> words);

}  // namespace orchestrator
