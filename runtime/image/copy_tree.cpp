// Walks a tree by descriptors and makes the same tree elsewhere.
#include "runtime/image/copy_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/sys/files.hpp"

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

// Two descriptors and one stack frame a level.
constexpr int kDeepest = 400;

Result<> copy_attribute(const FileDescriptor& from, const FileDescriptor& to, const char* name) {
  const ssize_t size = ::fgetxattr(from.get(), name, nullptr, 0);
  if (size < 0) return os_error(errno, "read attribute {}", name);
  std::vector<char> value(static_cast<std::size_t>(size));
  const ssize_t length = ::fgetxattr(from.get(), name, value.data(), value.size());
  if (length < 0) return os_error(errno, "read attribute {}", name);
  if (::fsetxattr(to.get(), name, value.data(), static_cast<std::size_t>(length), 0) == 0 ||
      errno == EOPNOTSUPP) {
    return {};
  }
  return os_error(errno, "set attribute {}", name);
}

// Attributes of the machine's own (labels, overlay's marks) stay behind.
bool is_copied(std::string_view name) {
  return name == "security.capability" || name.starts_with("user.") ||
         name.starts_with("system.posix_acl_");
}

Result<> copy_attributes(const FileDescriptor& from, const FileDescriptor& to) {
  std::vector<char> names(64U << 10U);  // XATTR_LIST_MAX
  const ssize_t size = ::flistxattr(from.get(), names.data(), names.size());
  if (size < 0 && errno == EOPNOTSUPP) return {};
  if (size < 0) return os_error(errno, "list attributes");
  std::string_view rest(names.data(), static_cast<std::size_t>(size));
  while (!rest.empty()) {
    const std::string name(rest.substr(0, rest.find('\0')));
    rest.remove_prefix(name.size() + 1);
    if (!is_copied(name)) continue;
    auto copied = copy_attribute(from, to, name.c_str());
    if (!copied) return copied;
  }
  return {};
}

// The order matters: chown takes set-id bits and capabilities away, writing changes the time.
Result<> copy_metadata(const FileDescriptor& from, const struct stat& status,
                       const FileDescriptor& to) {
  if (::fchown(to.get(), status.st_uid, status.st_gid) < 0) return os_error(errno, "set owner");
  if (::fchmod(to.get(), status.st_mode & 07777U) < 0) return os_error(errno, "set mode");
  auto copied = copy_attributes(from, to);
  if (!copied) return copied;
  const timespec times[2] = {status.st_atim, status.st_mtim};
  if (::futimens(to.get(), times) < 0) return os_error(errno, "set times");
  return {};
}

// In the kernel where it can; between some file systems it cannot.
Result<> copy_content(const FileDescriptor& from, const FileDescriptor& to) {
  std::vector<char> buffer;
  for (;;) {
    if (buffer.empty()) {
      const ssize_t length =
          ::copy_file_range(from.get(), nullptr, to.get(), nullptr, 1U << 30U, 0);
      if (length > 0 || (length < 0 && errno == EINTR)) continue;
      // 0 may be the end or a file system that only says so; reading decides.
      buffer.resize(256U << 10U);
    }
    const ssize_t length = ::read(from.get(), buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return os_error(errno, "read");
    if (length == 0) return {};
    for (ssize_t done = 0; done < length;) {
      const ssize_t more =
          ::write(to.get(), buffer.data() + done, static_cast<std::size_t>(length - done));
      if (more < 0 && errno != EINTR) return os_error(errno, "write");
      if (more > 0) done += more;
    }
  }
}

class TreeCopy {
 public:
  explicit TreeCopy(const FileDescriptor& top) : top_(top) {}

  Result<> copy_directory(const FileDescriptor& from, const FileDescriptor& to,
                          const std::string& path, int depth) {
    if (depth > kDeepest) return fail(ErrorKind::Invalid, "the tree is too deep");
    auto names = list_directory(from);
    if (!names) return pass_up(names);
    for (const std::string& name : *names) {
      auto copied = copy_entry(from, to, name, path.empty() ? name : path + "/" + name, depth);
      if (!copied) return pass_up(copied, "{:?}", std::string_view(name));
    }
    struct stat status {};
    if (::fstat(from.get(), &status) < 0) return os_error(errno, "look at the directory");
    return copy_metadata(from, status, to);
  }

  [[nodiscard]] CopiedTree copied() const { return {files_}; }

 private:
  Result<> copy_entry(const FileDescriptor& from, const FileDescriptor& to, const std::string& name,
                      const std::string& path, int depth) {
    struct stat status {};
    if (::fstatat(from.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0)
      return os_error(errno, "look");
    if (S_ISDIR(status.st_mode)) {
      auto source = open_directory_at(from, name);
      if (!source) return pass_up(source);
      if (::mkdirat(to.get(), name.c_str(), 0700) < 0) return os_error(errno, "create directory");
      auto target = open_directory_at(to, name);
      if (!target) return pass_up(target);
      return copy_directory(*source, *target, path, depth + 1);
    }
    if (status.st_nlink > 1) {
      const auto [known, is_new] = links_.try_emplace({status.st_dev, status.st_ino}, path);
      if (!is_new) return link(known->second, to, name);
    }
    if (S_ISREG(status.st_mode)) return copy_file(from, to, name, status);
    return copy_special(from, to, name, status);
  }

  // Parents of the known path are directories that this copy made, so no link is followed.
  Result<> link(const std::string& known, const FileDescriptor& to, const std::string& name) {
    if (::linkat(top_.get(), known.c_str(), to.get(), name.c_str(), 0) < 0)
      return os_error(errno, "link");
    return {};
  }

  Result<> copy_file(const FileDescriptor& from, const FileDescriptor& to, const std::string& name,
                     const struct stat& status) {
    const FileDescriptor source(
        ::openat(from.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!source) return os_error(errno, "open");
    const FileDescriptor target(::openat(
        to.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!target) return os_error(errno, "create file");
    ++files_;
    auto copied = copy_content(source, target);
    if (!copied) return copied;
    return copy_metadata(source, status, target);
  }

  static Result<> copy_special(const FileDescriptor& from, const FileDescriptor& to,
                               const std::string& name, const struct stat& status) {
    if (S_ISCHR(status.st_mode) && status.st_rdev == 0) return {};  // a whiteout of a lone layer
    if (S_ISLNK(status.st_mode)) {
      std::array<char, 4097> text{};  // one byte more than a link can hold: it stays terminated
      if (::readlinkat(from.get(), name.c_str(), text.data(), text.size() - 1) < 0)
        return os_error(errno, "read link");
      if (::symlinkat(text.data(), to.get(), name.c_str()) < 0)
        return os_error(errno, "create link");
    } else if (::mknodat(to.get(), name.c_str(), status.st_mode, status.st_rdev) < 0) {
      return os_error(errno, "create special file");
    }
    if (::fchownat(to.get(), name.c_str(), status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) < 0)
      return os_error(errno, "set owner");
    if (!S_ISLNK(status.st_mode) &&
        ::fchmodat(to.get(), name.c_str(), status.st_mode & 07777U, 0) < 0) {
      return os_error(errno, "set mode");
    }
    const timespec times[2] = {status.st_atim, status.st_mtim};
    if (::utimensat(to.get(), name.c_str(), times, AT_SYMLINK_NOFOLLOW) < 0)
      return os_error(errno, "set times");
    return {};
  }

  const FileDescriptor& top_;
  std::map<std::pair<dev_t, ino_t>, std::string> links_;
  std::uint64_t files_{0};
};

}  // namespace

Result<CopiedTree> copy_tree(const FileDescriptor& from, const FileDescriptor& to) {
  TreeCopy copy(to);
  auto copied = copy.copy_directory(from, to, "", 0);
  if (!copied) return pass_up(copied);
  return copy.copied();
}

}  // namespace runtime
