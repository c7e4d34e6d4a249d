// Fills volumes in a child process that sees the image's layers as one read-only tree.
#include "runtime/image/copy_up.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "runtime/image/confined_child.hpp"
#include "runtime/image/copy_tree.hpp"
#include "runtime/image/store.hpp"
#include "runtime/sys/files.hpp"

namespace runtime {
namespace {

using schemas::Digest;
using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

constexpr const char* kData = "_data";
constexpr const char* kFilling = ".filling";
constexpr std::size_t kPage = 4096;  // mount(2) takes no more options

Result<FileDescriptor> open_volume(const StateLayout& layout, const schemas::VolumeName& volume) {
  const std::string& name = volume.text;
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos)
    return fail(ErrorKind::Invalid, "volume name {:?}", std::string_view(name));
  return ensure_directory(layout.volumes() + "/" + name);
}

// The tree of all layers. The mount lies over the layers' own directory, in this process's mount
// namespace only: no mount point has to be made for it.
Result<FileDescriptor> open_image_tree(const StateLayout& layout,
                                       const std::vector<Digest>& layers) {
  if (layers.empty()) return fail(ErrorKind::Invalid, "the image has no layers");
  // overlayfs wants two directories at least.
  if (layers.size() == 1) return open_directory(layer_directory(layout, layers.front()));
  std::vector<FileDescriptor> lower;
  std::string options = "lowerdir=";
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {  // overlay: top first
    auto opened = open_directory(layer_directory(layout, *layer));
    if (!opened) return pass_up(opened);
    if (!lower.empty()) options += ':';
    options += fmt::format("/proc/self/fd/{}", opened->get());  // short: a page is all there is
    lower.push_back(std::move(*opened));
  }
  if (options.size() >= kPage) return fail(ErrorKind::Invalid, "the image has too many layers");
  const std::string place = layout.layers();
  if (::mount("overlay", place.c_str(), "overlay", MS_RDONLY | MS_NODEV | MS_NOSUID,
              options.c_str()) < 0) {
    return os_error(errno, "mount the image's layers");
  }
  return open_directory(place);
}

Result<bool> has_entries(const FileDescriptor& volume) {
  auto data = open_directory_at(volume, kData);
  if (!data && data.error().kind() == ErrorKind::NotFound) return false;
  if (!data) return pass_up(data);
  auto names = list_directory(*data);
  if (!names) return pass_up(names);
  return !names->empty();
}

// rename(2) puts the filled directory over the empty one in one step.
Result<> copy_into(const FileDescriptor& volume, const FileDescriptor& source) {
  auto removed = remove_tree_at(volume, kFilling);  // of a killed child
  if (!removed) return removed;
  auto filling = ensure_directory_at(volume, kFilling);
  if (!filling) return pass_up(filling);
  auto copied = copy_tree(source, *filling);
  if (!copied) return pass_up(copied);
  // Volumes outlive a power cut. An empty directory, the usual case, needs no sync.
  if (copied->files > 0 && ::syncfs(filling->get()) < 0) return os_error(errno, "sync");
  if (::renameat(volume.get(), kFilling, volume.get(), kData) == 0) return {};
  const int error = errno;
  removed = remove_tree_at(volume, kFilling);
  if (!removed) return removed;
  if (error == ENOTEMPTY || error == EEXIST) return {};  // somebody wrote into it meanwhile
  return os_error(error, "put the filled volume in its place");
}

Result<std::string> fill(const StateLayout& layout, const std::vector<Digest>& layers,
                         const std::string& target, const FileDescriptor& volume) {
  // One filler at a time; the lock is this open description's, and ends with the process.
  auto own = open_directory_at(volume, ".");
  if (!own) return pass_up(own);
  if (::flock(own->get(), LOCK_EX) < 0) return os_error(errno, "lock the volume");
  auto filled = has_entries(volume);
  if (!filled) return pass_up(filled);
  if (*filled) return std::string{};

  auto tree = open_image_tree(layout, layers);
  if (!tree) return pass_up(tree);
  auto dropped = drop_rights();
  if (!dropped) return pass_up(dropped);
  auto source = open_in_root(*tree, target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // ENOENT, or ENOTDIR and ELOOP: the image has no directory there, so there is nothing to copy.
  if (!source && (source.error().kind() == ErrorKind::NotFound ||
                  source.error().kind() == ErrorKind::Invalid)) {
    auto data = ensure_directory_at(volume, kData, 0755);
    if (!data) return pass_up(data);
    return std::string{};
  }
  if (!source) return pass_up(source);
  auto copied = copy_into(volume, *source);
  if (!copied) return pass_up(copied, "copy {:?} of the image", std::string_view(target));
  return std::string{};
}

}  // namespace

bool is_empty_volume(const StateLayout& layout, const schemas::VolumeName& volume) {
  const auto directory = open_directory(layout.volumes() + "/" + volume.text);
  if (!directory) return true;
  const auto filled = has_entries(*directory);
  return !filled || !*filled;
}

Result<VolumeFill> fill_volume(const StateLayout& layout, const std::vector<Digest>& layers,
                               const std::string& target, const schemas::VolumeName& volume) {
  auto directory = open_volume(layout, volume);
  if (!directory) return pass_up(directory, "fill volume {}", volume);
  const std::array<int, 1> keep{directory->get()};
  auto child = begin_confined(keep, [&] { return fill(layout, layers, target, *directory); });
  if (!child) return pass_up(child, "fill volume {}", volume);
  return VolumeFill{child->pid, std::move(child->pidfd), std::move(child->report)};
}

Result<> finish_fill(VolumeFill fill) {
  auto ended = finish_confined({fill.pid, std::move(fill.pidfd), std::move(fill.report)});
  if (!ended) return pass_up(ended, "fill the volume");
  return {};
}

}  // namespace runtime
