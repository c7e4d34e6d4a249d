// A store of its own for one kernel test, with a canary beside it that nothing may touch.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "runtime/image/import.hpp"
#include "runtime/sys/layout.hpp"
#include "tests/support/temporary_directory.hpp"

namespace tests {

class StoreBox {
 public:
  StoreBox();

  [[nodiscard]] const runtime::StateLayout& layout() const { return layout_; }
  [[nodiscard]] const TemporaryDirectory& directory() const { return directory_; }
  // Imports an archive under a name; the error's text instead of an id when it is refused.
  std::string import(const std::string& archive, const std::string& name,
                     std::vector<std::string> changes = {}, const std::string& base = "") const;
  // The path of a file in the only layer of an image.
  [[nodiscard]] std::string path_in(const std::string& name, const std::string& path) const;
  // True while the canary, its directory and nothing else lies outside of the store.
  [[nodiscard]] bool canary_lives() const;
  // Names in layers/ that begin with "tmp-".
  [[nodiscard]] std::vector<std::string> workspaces() const;

 private:
  TemporaryDirectory directory_;
  runtime::StateLayout layout_;
};

// Runs `work` in a forked child, which exits with what it returns.
[[nodiscard]] pid_t fork_child(const std::function<int()>& work);
[[nodiscard]] int exit_code_of(pid_t child);

}  // namespace tests
