// Makes workspaces, and removes those whose writer is dead.
#include "runtime/image/workspace.hpp"

#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace runtime {
namespace {

using schemas::os_error;
using schemas::Result;

constexpr std::string_view kPrefix = "tmp-";

// The caller holds the store's lock, so nobody is between mkdir and flock.
Result<> remove_abandoned(const FileDescriptor& layers) {
  auto names = list_directory(layers);
  if (!names) return pass_up(names);
  for (const std::string& name : *names) {
    if (!name.starts_with(kPrefix)) continue;
    const auto directory = open_directory_at(layers, name);
    if (!directory || ::flock(directory->get(), LOCK_EX | LOCK_NB) < 0) continue;
    auto removed = remove_tree_at(layers, name);
    if (!removed) return removed;
  }
  return {};
}

Result<std::string> random_name() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof(number), 0) != sizeof(number))
    return os_error(errno, "getrandom");
  return fmt::format("{}{:016x}", kPrefix, number);
}

}  // namespace

Result<Workspace> Workspace::create(const StoreFiles& files) {
  auto lock = lock_store(files);
  if (!lock) return pass_up(lock);
  auto removed = remove_abandoned(files.layers);
  if (!removed) return pass_up(removed, "clean the layers");
  auto name = random_name();
  if (!name) return pass_up(name);
  auto directory = ensure_directory_at(files.layers, *name);
  if (!directory) return pass_up(directory);
  if (::flock(directory->get(), LOCK_EX | LOCK_NB) < 0) return os_error(errno, "lock {}", *name);
  auto layer = ensure_directory_at(*directory, "layer");
  if (!layer) return pass_up(layer);
  // The root of a layer whose archive does not mention it.
  if (::fchmod(layer->get(), 0755) < 0) return os_error(errno, "set the mode of {}", *name);
  return Workspace(files.layers.duplicate(), std::move(*name), std::move(*directory),
                   std::move(*layer));
}

Workspace::~Workspace() {
  if (!directory_) return;
  const auto removed = remove_tree_at(layers_, name_);
  static_cast<void>(removed);  // else the next writer removes it
}

}  // namespace runtime
