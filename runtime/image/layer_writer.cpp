// Makes files, directories, links, devices and whiteouts out of tar entries.
#include "runtime/image/layer_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "runtime/sys/files.hpp"

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

constexpr const char* kOpaqueAttribute = "trusted.overlay.opaque";

std::optional<struct stat> look_at(const FileDescriptor& directory, const std::string& name) {
  struct stat status {};
  if (::fstatat(directory.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) return {};
  return status;
}

bool is_whiteout(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

timespec moment(const TarTime& time) {
  return {.tv_sec = time.seconds, .tv_nsec = static_cast<long>(time.nanoseconds)};
}

Result<> make_opaque(const FileDescriptor& directory) {
  if (::fsetxattr(directory.get(), kOpaqueAttribute, "y", 1, 0) < 0)
    return os_error(errno, "mark a directory as opaque");
  return {};
}

// Overlay's own attributes would forge redirects and whiteouts; labels belong to the machine.
bool is_kept(const std::string& name) {
  if (name == "security.capability") return true;
  return name.starts_with("user.") && !name.starts_with("user.overlay.");
}

Result<> set_xattrs(const FileDescriptor& file, const TarEntry& entry) {
  for (const auto& [name, value] : entry.xattrs) {
    if (!is_kept(name)) continue;
    if (::fsetxattr(file.get(), name.c_str(), value.data(), value.size(), 0) == 0) continue;
    // Not every file system keeps user attributes, and no program depends on them.
    if (errno == EOPNOTSUPP && name.starts_with("user.")) continue;
    return os_error(errno, "set attribute {}", name);
  }
  return {};
}

// chown(2) takes set-id bits and capabilities away, so the mode and the attributes come after it.
Result<> set_owner_and_mode(const FileDescriptor& file, const TarEntry& entry) {
  if (::fchown(file.get(), entry.uid, entry.gid) < 0) return os_error(errno, "set owner");
  if (::fchmod(file.get(), entry.mode) < 0) return os_error(errno, "set mode");
  return set_xattrs(file, entry);
}

Result<> set_times(const FileDescriptor& directory, const std::string& name, const TarTime& time) {
  const timespec times[2] = {moment(time), moment(time)};
  if (::utimensat(directory.get(), name.c_str(), times, AT_SYMLINK_NOFOLLOW) < 0)
    return os_error(errno, "set times");
  return {};
}

mode_t node_type(TarType type) {
  if (type == TarType::CharacterDevice) return S_IFCHR;
  return type == TarType::BlockDevice ? S_IFBLK : S_IFIFO;
}

}  // namespace

Result<> LayerWriter::begin(const TarEntry& entry) {
  auto path = read_layer_path(entry.path);
  if (!path) return pass_up(path);
  if (path->kind == LayerPathKind::Ignored) return {};
  if (path->kind == LayerPathKind::Root) return write_root(entry);
  auto parent = enter(path->parent);
  if (!parent) return pass_up(parent);
  if (path->kind == LayerPathKind::Opaque) return make_opaque(**parent);
  if (path->kind == LayerPathKind::Whiteout) return write_whiteout(*path);
  return write_plain(entry, *path);
}

Result<> LayerWriter::data(std::span<const std::byte> bytes) {
  while (file_ && !bytes.empty()) {
    const ssize_t length = ::write(file_.get(), bytes.data(), bytes.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return os_error(errno, "write");
    bytes = bytes.subspan(static_cast<std::size_t>(length));
  }
  return {};
}

Result<> LayerWriter::end() {
  if (!file_) return {};
  const FileDescriptor file = std::move(file_);
  // Writing takes set-id bits and capabilities away too, so they are set on the finished file.
  auto set = set_owner_and_mode(file, file_entry_);
  if (!set) return set;
  const timespec times[2] = {moment(file_entry_.modified), moment(file_entry_.modified)};
  if (::futimens(file.get(), times) < 0) return os_error(errno, "set times");
  return {};
}

Result<> LayerWriter::finish() {
  while (!directory_times_.empty()) {
    const DirectoryTime last = std::move(directory_times_.back());
    directory_times_.pop_back();
    const timespec times[2] = {moment(last.modified), moment(last.modified)};
    const FileDescriptor directory =
        open_in_root(root_, last.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            .value_or(FileDescriptor{});
    if (!directory) continue;  // a later entry has taken its place
    if (::futimens(directory.get(), times) < 0)
      return os_error(errno, "set times of {}", last.path);
  }
  return {};
}

// Opens the directory that an entry goes into; makes the missing ones, as every tar does.
Result<const FileDescriptor*> LayerWriter::enter(const std::string& parent) {
  if (parent.empty()) return &root_;
  if (parent == parent_path_) return &parent_;
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  auto opened = open_in_root(root_, parent, kFlags);
  if (!opened && opened.error().kind() == ErrorKind::NotFound) {
    const std::size_t slash = parent.rfind('/');
    const std::string name = parent.substr(slash == std::string::npos ? 0 : slash + 1);
    auto above = enter(slash == std::string::npos ? "" : parent.substr(0, slash));
    if (!above) return pass_up(above);
    // EEXIST: the name is a link that leads nowhere; the second opening then says so.
    if (::mkdirat((*above)->get(), name.c_str(), 0755) < 0 && errno != EEXIST)
      return os_error(errno, "create the parent directory {:?}", std::string_view(name));
    opened = open_in_root(root_, parent, kFlags);
  }
  if (!opened) return pass_up(opened);
  parent_ = std::move(*opened);
  parent_path_ = parent;
  return &parent_;
}

// A later entry replaces an earlier one of the same name.
Result<> LayerWriter::make_room(const FileDescriptor& parent, const std::string& name) {
  const auto before = look_at(parent, name);
  if (!before) return {};
  // The path of the cached directory may have led through it.
  if (S_ISDIR(before->st_mode) || S_ISLNK(before->st_mode)) parent_path_.clear();
  return remove_tree_at(parent, name);
}

Result<> LayerWriter::write_root(const TarEntry& entry) {
  if (entry.type != TarType::Directory)
    return fail(ErrorKind::Invalid, "the top of a layer must be a directory");
  directory_times_.push_back({".", entry.modified});
  return set_owner_and_mode(root_, entry);
}

Result<> LayerWriter::write_plain(const TarEntry& entry, const LayerPath& path) {
  switch (entry.type) {
    case TarType::Directory:
      return write_directory(entry, path);
    case TarType::HardLink:
      return write_hard_link(entry, path);
    case TarType::File:
      return write_file(entry, path);
    default:
      return write_special(entry, path);
  }
}

Result<> LayerWriter::write_directory(const TarEntry& entry, const LayerPath& path) {
  auto parent = enter(path.parent);
  if (!parent) return pass_up(parent);
  const auto before = look_at(**parent, path.name);
  const bool hidden_below = before && is_whiteout(*before);
  if (!before || !S_ISDIR(before->st_mode)) {
    auto room = make_room(**parent, path.name);
    if (!room) return room;
    if (::mkdirat((*parent)->get(), path.name.c_str(), 0700) < 0)
      return os_error(errno, "create directory");
  }
  auto directory = open_directory_at(**parent, path.name);
  if (!directory) return pass_up(directory);
  if (hidden_below) {
    auto opaque = make_opaque(*directory);
    if (!opaque) return opaque;
  }
  const std::string full = path.parent.empty() ? path.name : path.parent + "/" + path.name;
  directory_times_.push_back({full, entry.modified});
  return set_owner_and_mode(*directory, entry);
}

Result<> LayerWriter::write_hard_link(const TarEntry& entry, const LayerPath& path) {
  auto target = read_layer_path(entry.link_target);
  if (!target) return pass_up(target, "hard link to {:?}", std::string_view(entry.link_target));
  if (target->kind != LayerPathKind::Plain)
    return fail(ErrorKind::Invalid, "hard link to {:?}", std::string_view(entry.link_target));
  auto above = open_in_root(root_, target->parent.empty() ? "." : target->parent,
                            O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const auto found = above ? look_at(*above, target->name) : std::nullopt;
  if (!found || S_ISDIR(found->st_mode) || is_whiteout(*found)) {
    return fail(ErrorKind::Invalid, "hard link to {:?}, which is no file of this layer so far",
                std::string_view(entry.link_target));
  }
  auto parent = enter(path.parent);
  if (!parent) return pass_up(parent);
  const auto before = look_at(**parent, path.name);
  if (before && before->st_ino == found->st_ino && before->st_dev == found->st_dev) return {};
  auto room = make_room(**parent, path.name);
  if (!room) return room;
  if (::linkat(above->get(), target->name.c_str(), (*parent)->get(), path.name.c_str(), 0) < 0)
    return os_error(errno, "link to {:?}", std::string_view(entry.link_target));
  return {};
}

Result<> LayerWriter::write_file(const TarEntry& entry, const LayerPath& path) {
  auto parent = enter(path.parent);
  if (!parent) return pass_up(parent);
  auto room = make_room(**parent, path.name);
  if (!room) return room;
  file_ = FileDescriptor(::openat((*parent)->get(), path.name.c_str(),
                                  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file_) return os_error(errno, "create file");
  file_entry_ = entry;
  return {};
}

// Links, devices and FIFOs: made by name, and never opened.
Result<> LayerWriter::write_special(const TarEntry& entry, const LayerPath& path) {
  const dev_t device = ::gnu_dev_makedev(entry.device_major, entry.device_minor);
  if (entry.type == TarType::CharacterDevice && device == 0)
    return fail(ErrorKind::Invalid, "device 0:0 would be a forged whiteout");
  auto parent = enter(path.parent);
  if (!parent) return pass_up(parent);
  auto room = make_room(**parent, path.name);
  if (!room) return room;
  const int directory = (*parent)->get();
  const char* name = path.name.c_str();
  const bool is_link = entry.type == TarType::Symlink;
  const int made = is_link ? ::symlinkat(entry.link_target.c_str(), directory, name)
                           : ::mknodat(directory, name, node_type(entry.type) | 0600, device);
  if (made < 0) return os_error(errno, "create");
  if (::fchownat(directory, name, entry.uid, entry.gid, AT_SYMLINK_NOFOLLOW) < 0)
    return os_error(errno, "set owner");
  // Nobody else can swap the name: this process alone has the directory.
  if (!is_link && ::fchmodat(directory, name, entry.mode, 0) < 0)
    return os_error(errno, "set mode");
  return set_times(**parent, path.name, entry.modified);
}

// What the same layer has under that name stays; only what the layers below have is hidden.
Result<> LayerWriter::write_whiteout(const LayerPath& path) {
  auto parent = enter(path.parent);
  if (!parent) return pass_up(parent);
  const auto before = look_at(**parent, path.name);
  if (before && S_ISDIR(before->st_mode)) {
    auto directory = open_directory_at(**parent, path.name);
    if (!directory) return pass_up(directory);
    return make_opaque(*directory);
  }
  if (before) return {};
  if (::mknodat((*parent)->get(), path.name.c_str(), S_IFCHR, 0) < 0)
    return os_error(errno, "create whiteout");
  return {};
}

}  // namespace runtime
