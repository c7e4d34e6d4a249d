// Removing a tree by descriptors, however deep a hostile container has made it.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/sys/files.hpp"

namespace runtime {

using schemas::os_error;
using schemas::Result;

namespace {

// One descriptor and one stack frame a level: deeper trees are cut off and moved up instead.
constexpr int kDeepest = 64;

// Removes one tree; sub-trees below kDeepest are moved to `top` as ".deep-N" and counted.
class TreeRemoval {
 public:
  explicit TreeRemoval(const FileDescriptor& top) : top_(top) {}

  Result<> remove(const FileDescriptor& directory, const std::string& name, int depth) {
    if (::unlinkat(directory.get(), name.c_str(), 0) == 0 || errno == ENOENT) return {};
    if (errno != EISDIR && errno != EPERM) return os_error(errno, "remove {}", name);
    if (::unlinkat(directory.get(), name.c_str(), AT_REMOVEDIR) == 0) return {};
    if (errno != ENOTEMPTY && errno != EEXIST) return os_error(errno, "remove {}", name);
    if (depth >= kDeepest) return move_up(directory, name);
    return remove_content(directory, name, depth);
  }

  [[nodiscard]] int moved() const { return moved_; }

 private:
  Result<> remove_content(const FileDescriptor& directory, const std::string& name, int depth) {
    auto opened = open_directory_at(directory, name);
    if (!opened) return pass_up(opened);
    auto names = list_directory(*opened);
    if (!names) return pass_up(names, "{}", name);
    for (const std::string& child : *names) {
      auto removed = remove(*opened, child, depth + 1);
      if (!removed) return pass_up(removed, "{}", name);
    }
    if (::unlinkat(directory.get(), name.c_str(), AT_REMOVEDIR) < 0)
      return os_error(errno, "remove {}", name);
    return {};
  }

  Result<> move_up(const FileDescriptor& directory, const std::string& name) {
    const std::string above = fmt::format(".deep-{}-{}", ::getpid(), moved_);
    if (::renameat(directory.get(), name.c_str(), top_.get(), above.c_str()) < 0)
      return os_error(errno, "move {} up", name);
    ++moved_;
    return {};
  }

  const FileDescriptor& top_;
  int moved_{0};
};

}  // namespace

Result<> remove_tree_at(const FileDescriptor& directory, const std::string& name) {
  TreeRemoval removal(directory);
  auto removed = removal.remove(directory, name, 0);
  for (int i = 0; removed && i < removal.moved(); ++i)
    removed = removal.remove(directory, fmt::format(".deep-{}-{}", ::getpid(), i), 0);
  return removed;
}

}  // namespace runtime
