// Directories, bounded reads, atomic writes and locks.
#include "runtime/sys/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "runtime/sys/kernel.hpp"

namespace runtime {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

namespace {

Result<std::string> read_opened(const FileDescriptor& file, const std::string& path,
                                std::size_t limit) {
  struct stat status {};
  if (::fstat(file.get(), &status) < 0) return os_error(errno, "look at {}", path);
  if (!S_ISREG(status.st_mode)) return fail(ErrorKind::Invalid, "{} is not a regular file", path);
  std::string text;
  // One byte more than it claims to hold: the usual file then needs two reads, the second empty.
  text.resize(std::min(limit, static_cast<std::size_t>(status.st_size)) + 1);
  std::size_t filled = 0;
  for (;;) {
    const ssize_t length = ::read(file.get(), text.data() + filled, text.size() - filled);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return os_error(errno, "read {}", path);
    filled += static_cast<std::size_t>(length);
    if (filled > limit) return fail(ErrorKind::Invalid, "{} is larger than {} bytes", path, limit);
    if (length == 0) break;
    if (filled == text.size()) text.resize(std::min(limit + 1, 2 * text.size()));
  }
  text.resize(filled);
  return text;
}

Result<std::string> read_from(int directory, const std::string& path, std::size_t limit) {
  // O_NONBLOCK: a FIFO in the place of the file must not make us wait.
  const FileDescriptor file(
      ::openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return os_error(errno, "open {}", path);
  return read_opened(file, path, limit);
}

Result<> write_all(const FileDescriptor& file, const std::string& name, std::string_view text) {
  while (!text.empty()) {
    const ssize_t length = ::write(file.get(), text.data(), text.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return os_error(errno, "write {}", name);
    text.remove_prefix(static_cast<std::size_t>(length));
  }
  return {};
}

Result<FileDescriptor> open_directory_from(int directory, const std::string& path, int extra) {
  FileDescriptor opened(
      ::openat(directory, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | extra));
  if (!opened) return os_error(errno, "open directory {}", path);
  return opened;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  return read_from(AT_FDCWD, path, limit);
}

Result<std::string> read_file_at(const FileDescriptor& directory, const std::string& path,
                                 std::size_t limit) {
  return read_from(directory.get(), path, limit);
}

Result<> write_file_at(const FileDescriptor& directory, const std::string& name,
                       std::string_view text, mode_t mode, Durability durability) {
  const std::string temporary = fmt::format(".{}.{}", name, ::getpid());
  ::unlinkat(directory.get(), temporary.c_str(), 0);  // of a killed process with our pid
  const FileDescriptor file(::openat(directory.get(), temporary.c_str(),
                                     O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file) return os_error(errno, "create {}", name);
  auto written = write_all(file, name, text);
  // The caller's umask may be stricter than the asked mode.
  if (written && ::fchmod(file.get(), mode) < 0)
    written = os_error(errno, "set the mode of {}", name);
  if (written && durability == Durability::OverPowerCut && ::fsync(file.get()) < 0)
    written = os_error(errno, "sync {}", name);
  if (written && ::renameat(directory.get(), temporary.c_str(), directory.get(), name.c_str()) < 0)
    written = os_error(errno, "rename {}", name);
  if (!written) {
    ::unlinkat(directory.get(), temporary.c_str(), 0);
    return written;
  }
  if (durability == Durability::OverPowerCut && ::fsync(directory.get()) < 0)
    return os_error(errno, "sync the directory of {}", name);
  return {};
}

Result<FileDescriptor> open_directory(const std::string& path) {
  return open_directory_from(AT_FDCWD, path, O_NOFOLLOW);
}

Result<FileDescriptor> open_directory_at(const FileDescriptor& directory, const std::string& path) {
  return open_directory_from(directory.get(), path, O_NOFOLLOW);
}

Result<FileDescriptor> ensure_directory(const std::string& path, mode_t mode) {
  if (path.empty() || path.front() != '/')
    return fail(ErrorKind::Invalid, "{} is not an absolute path", path);
  auto opened = open_directory_from(AT_FDCWD, path, 0);
  if (opened || opened.error().kind() != ErrorKind::NotFound) return opened;
  // Mostly only the last component is missing.
  if (::mkdir(path.c_str(), mode) == 0) return open_directory_from(AT_FDCWD, path, 0);
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), mode) < 0 && errno != EEXIST)
      return os_error(errno, "create directory {}", part);
    if (slash == std::string::npos) break;
  }
  return open_directory_from(AT_FDCWD, path, 0);
}

Result<FileDescriptor> ensure_directory_at(const FileDescriptor& directory, const std::string& name,
                                           mode_t mode) {
  if (::mkdirat(directory.get(), name.c_str(), mode) < 0 && errno != EEXIST)
    return os_error(errno, "create directory {}", name);
  return open_directory_at(directory, name);
}

Result<FileDescriptor> open_in_root(const FileDescriptor& root, const std::string& path, int flags,
                                    mode_t mode) {
  // EAGAIN: somebody renamed on the way and the kernel could not prove that ".." stayed inside.
  for (int attempt = 0; attempt < 16; ++attempt) {
    FileDescriptor opened(kernel::openat2(root.get(), path.c_str(),
                                          static_cast<std::uint64_t>(flags), mode,
                                          kernel::kResolveInRoot | kernel::kResolveNoMagiclinks));
    if (opened) return opened;
    if (errno != EAGAIN && errno != EINTR) return os_error(errno, "open {} in its root", path);
  }
  return fail(ErrorKind::Busy, "open {} in its root: it keeps moving", path);
}

Result<std::vector<std::string>> list_directory(const FileDescriptor& directory) {
  // A new description: readdir(3) moves the offset, and closedir(3) closes what it reads.
  FileDescriptor reading(::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!reading) return os_error(errno, "list a directory");
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(reading.get()), &::closedir);
  if (!stream) return os_error(errno, "list a directory");
  static_cast<void>(reading.release());
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view name = &entry->d_name[0];
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return os_error(errno, "list a directory");
  std::sort(names.begin(), names.end());
  return names;
}

Result<FileLock> FileLock::take(const FileDescriptor& directory, const std::string& name) {
  FileDescriptor file(
      ::openat(directory.get(), name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return os_error(errno, "open lock {}", name);
  while (::flock(file.get(), LOCK_EX) < 0)
    if (errno != EINTR) return os_error(errno, "take lock {}", name);
  return FileLock(std::move(file));
}

Result<FileLock> FileLock::try_take(const FileDescriptor& directory, const std::string& name) {
  FileDescriptor file(
      ::openat(directory.get(), name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return os_error(errno, "open lock {}", name);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return FileLock(std::move(file));
  if (errno == EWOULDBLOCK) return fail(ErrorKind::Busy, "lock {} is held by somebody else", name);
  return os_error(errno, "take lock {}", name);
}

}  // namespace runtime
