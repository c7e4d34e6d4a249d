// Reading before writing: a write of some settings takes the kernel's big network lock.
#include "network/fabric/sysctl.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runtime/sys/file_descriptor.hpp"

namespace network {
namespace {

// The kernel separates numbers by tabs where we write spaces, and ends with a newline.
std::string normal_text(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::string normal(text);
  std::ranges::replace(normal, '\t', ' ');
  return normal;
}

}  // namespace

schemas::Result<schemas::Change> ensure_sysctl(const std::string& name, std::string_view value) {
  const std::string path = "/proc/sys/" + name;
  const runtime::FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!file) {
    const int error = errno;
    return schemas::os_error(error, "open {}", path);
  }
  std::array<char, 256> before{};
  const ssize_t size = ::pread(file.get(), before.data(), before.size(), 0);
  if (size > 0 &&
      normal_text({before.data(), static_cast<std::size_t>(size)}) == normal_text(value))
    return schemas::Change::Already;
  if (::pwrite(file.get(), value.data(), value.size(), 0) < 0) {
    const int error = errno;
    return schemas::os_error(error, "write {} to {}", value, path);
  }
  return schemas::Change::Made;
}

schemas::Result<> switch_ipv6_off(const std::string& interface) {
  auto done = ensure_sysctl("net/ipv6/conf/" + interface + "/disable_ipv6", "1");
  if (!done && done.error().kind() != schemas::ErrorKind::NotFound) return schemas::pass_up(done);
  return {};
}

}  // namespace network
