// Whiteouts, opaque directories and links, for the one file that is asked for (overlayfs.rst).
#include "runtime/container/image_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "runtime/sys/file_descriptor.hpp"
#include "runtime/sys/files.hpp"

namespace runtime {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

namespace {

constexpr int kMostLinks = 8;

// What one layer says about a path.
struct Sight {
  enum class Kind : std::uint8_t { Nothing, Gone, File, Link } kind{Kind::Nothing};
  FileDescriptor file{};
  std::string link{};
};

bool is_opaque(const FileDescriptor& directory) {
  char value = 0;
  return ::fgetxattr(directory.get(), "trusted.overlay.opaque", &value, 1) == 1 && value == 'y';
}

Result<Sight> look(const FileDescriptor& parent, const std::string& name) {
  FileDescriptor file(::openat(parent.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!file) {
    if (errno != ENOENT) return os_error(errno, "open {}", name);
    return Sight{.kind = is_opaque(parent) ? Sight::Kind::Gone : Sight::Kind::Nothing};
  }
  struct stat status {};
  if (::fstat(file.get(), &status) < 0) return os_error(errno, "look at {}", name);
  if (S_ISCHR(status.st_mode) && status.st_rdev == 0) return Sight{.kind = Sight::Kind::Gone};
  if (S_ISLNK(status.st_mode)) {
    std::array<char, 4096> target{};
    const ssize_t length = ::readlinkat(file.get(), "", target.data(), target.size());
    if (length < 0) return os_error(errno, "read link {}", name);
    return Sight{.kind = Sight::Kind::Link,
                 .link = std::string(target.data(), static_cast<std::size_t>(length))};
  }
  if (!S_ISREG(status.st_mode) || status.st_size > static_cast<off_t>(kLargestImageFile))
    return fail(ErrorKind::Invalid, "{} is not a regular file of at most {} bytes", name,
                kLargestImageFile);
  // Opened again for reading: it is regular now, and a swap would only change an O_PATH's name.
  FileDescriptor readable(
      ::openat(parent.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!readable) return os_error(errno, "open {}", name);
  return Sight{.kind = Sight::Kind::File, .file = std::move(readable)};
}

Result<Sight> look_in_layers(const std::vector<std::string>& directories, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string parent_path = slash == std::string::npos ? "." : path.substr(0, slash);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  for (const std::string& directory : directories) {
    auto root = open_directory(directory);
    if (!root) return pass_up(root);
    auto parent = open_in_root(*root, parent_path, O_RDONLY | O_DIRECTORY);
    if (!parent) continue;  // this layer lacks the directory, or has something else there
    auto sight = look(*parent, name);
    if (!sight || sight->kind != Sight::Kind::Nothing) return sight;
  }
  return Sight{};
}

// "passwd -> ../usr/etc/passwd": the path that the link of `path` means, from the root.
std::string follow(const std::string& path, const std::string& link) {
  std::vector<std::string> parts;
  const std::size_t slash = path.rfind('/');
  const std::string from = slash == std::string::npos ? "" : path.substr(0, slash);
  const std::string whole = link.starts_with('/') ? link : from + "/" + link;
  for (std::size_t start = 0; start < whole.size();) {
    const std::size_t end = std::min(whole.find('/', start), whole.size());
    const std::string part = whole.substr(start, end - start);
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
    start = end + 1;
  }
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : "/") + part;
  return joined;
}

Result<std::string> read_whole(const FileDescriptor& file, const std::string& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) < 0) return os_error(errno, "look at {}", path);
  std::string text(static_cast<std::size_t>(status.st_size) + 1, '\0');
  std::size_t filled = 0;
  for (;;) {
    const ssize_t length = ::read(file.get(), text.data() + filled, text.size() - filled);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return os_error(errno, "read {}", path);
    filled += static_cast<std::size_t>(length);
    if (length == 0 || filled > kLargestImageFile) break;
    if (filled == text.size()) text.resize(2 * filled);
  }
  if (filled > kLargestImageFile)
    return fail(ErrorKind::Invalid, "{} is larger than {} bytes", path, kLargestImageFile);
  text.resize(filled);
  return text;
}

}  // namespace

Result<std::string> read_image_file(const std::vector<std::string>& directories,
                                    const std::string& path) {
  std::string place = path;
  for (int links = 0; links < kMostLinks; ++links) {
    auto sight = look_in_layers(directories, place);
    if (!sight) return pass_up(sight, "the image's /{}", path);
    switch (sight->kind) {
      case Sight::Kind::Nothing:
      case Sight::Kind::Gone:
        return std::string();
      case Sight::Kind::File:
        return read_whole(sight->file, path);
      case Sight::Kind::Link:
        place = follow(place, sight->link);
        break;
    }
  }
  return fail(ErrorKind::Invalid, "the image's /{} is a link to itself", path);
}

}  // namespace runtime
