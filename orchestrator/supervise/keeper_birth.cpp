// Detaches a keeper from whoever starts it. The parent prepares; the children only call the kernel.
#include "orchestrator/supervise/keeper_birth.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/sys/descriptor_limit.hpp"
#include "runtime/sys/kernel.hpp"

namespace orchestrator {

using runtime::FileDescriptor;
using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

namespace {

constexpr int kOutOfTheWay = 64;  // above every number that is taken at birth

using BirthDescriptors = std::array<int, kBirthDescriptors>;

struct Birth {
  const BirthDescriptors& descriptors;
  int image;
  const std::vector<const char*>& arguments;
  std::uint64_t descriptor_limit;
};

// First all aside, because a target number may be another one's source. Nothing else is inherited.
int place_descriptors(const Birth& birth) noexcept {
  BirthDescriptors aside{};
  const int image = ::fcntl(birth.image, F_DUPFD_CLOEXEC, kOutOfTheWay);
  if (image < 0) return -1;
  for (std::size_t i = 0; i < aside.size(); ++i) {
    aside[i] = ::fcntl(birth.descriptors[i], F_DUPFD_CLOEXEC, kOutOfTheWay);
    if (aside[i] < 0) return -1;
  }
  for (std::size_t i = 0; i < aside.size(); ++i)
    if (::dup2(aside[i], static_cast<int>(i)) < 0) return -1;
  const auto number = static_cast<unsigned>(image);
  if (runtime::kernel::close_range(kBirthDescriptors, number - 1) < 0 ||
      runtime::kernel::close_range(number + 1, ~0U) < 0)
    return -1;
  return image;
}

[[noreturn]] void become_keeper(const Birth& birth) noexcept {
  const int image = place_descriptors(birth);
  if (image >= 0) {
    runtime::restore_descriptor_limit(birth.descriptor_limit);
    runtime::kernel::execveat(image, "", birth.arguments.data(), ::environ, AT_EMPTY_PATH);
  }
  KeeperMessage ready{};
  ready.protocol = kKeeperProtocol;
  ready.verb = KeeperVerb::Ready;
  ready.error = errno;
  // Before the descriptors are in place the socket still has its own number.
  const int socket = image >= 0 ? kStarterSocket : birth.descriptors[std::size_t{kStarterSocket}];
  static_cast<void>(::send(socket, &ready, sizeof(ready), MSG_NOSIGNAL));
  ::_exit(127);
}

[[noreturn]] void detach(const Birth& birth) noexcept {
  if (::setsid() < 0) ::_exit(1);
  const pid_t child = ::fork();
  if (child == 0) become_keeper(birth);
  ::_exit(child < 0 ? 1 : 0);
}

}  // namespace

Result<> bear_keeper(const FileDescriptor& image, const std::vector<std::string>& supervisor,
                     const BirthDescriptors& descriptors, std::uint64_t descriptor_limit) {
  std::vector<const char*> arguments{"tutti-keeper"};
  for (const std::string& argument : supervisor) arguments.push_back(argument.c_str());
  arguments.push_back(nullptr);
  const Birth birth{.descriptors = descriptors,
                    .image = image.get(),
                    .arguments = arguments,
                    .descriptor_limit = descriptor_limit};

  const pid_t child = ::fork();
  if (child < 0) return os_error(errno, "fork");
  if (child == 0) detach(birth);
  int status = 0;
  pid_t waited = -1;
  do waited = ::waitpid(child, &status, 0);
  while (waited < 0 && errno == EINTR);
  // Somebody who ignores SIGCHLD has no status to wait for; the keeper's own message decides.
  if (waited == child && status != 0) return fail(ErrorKind::Failed, "the keeper was not forked");
  return {};
}

}  // namespace orchestrator
