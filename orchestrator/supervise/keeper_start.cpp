// Starts keepers: takes the lock, forks twice, executes the embedded program from memory, hands
// over.
#include "orchestrator/supervise/keeper_start.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <span>
#include <string_view>
#include <utility>

#include "orchestrator/keeper/keeper_image.hpp"
#include "orchestrator/keeper/protocol.hpp"
#include "orchestrator/supervise/keeper_birth.hpp"
#include "orchestrator/supervise/keeper_message.hpp"
#include "runtime/sys/descriptor_limit.hpp"
#include "runtime/sys/files.hpp"
#include "runtime/sys/kernel.hpp"
#include "runtime/sys/socket.hpp"

namespace orchestrator {

using runtime::FileDescriptor;
using runtime::FileLock;
using runtime::ProcessIdentity;
using runtime::StateLayout;
using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::pass_up;
using schemas::ProjectName;
using schemas::Result;

namespace {

struct LockedRun {
  FileDescriptor directory;
  FileLock lock;
};

// A keeper that stops removes its lock while it holds it, and its directory may go as well: a lock
// that has no name any more locks nothing, so look again.
Result<LockedRun> lock_run_directory(const std::string& path) {
  for (int attempt = 0; attempt < 16; ++attempt) {
    auto directory = runtime::ensure_directory(path);
    if (!directory) return pass_up(directory);
    auto lock = FileLock::try_take(*directory, kLockName);
    if (!lock && lock.error().kind() == ErrorKind::NotFound) continue;
    if (!lock) return pass_up(lock);
    struct stat facts {};
    if (::fstat(lock->descriptor().get(), &facts) == 0 && facts.st_nlink > 0)
      return LockedRun{std::move(*directory), std::move(*lock)};
  }
  return fail(ErrorKind::Busy, "{} comes and goes", path);
}

Result<FileDescriptor> open_supervisor_log(const StateLayout& layout, const ProjectName& project) {
  const std::string path = layout.project(project);
  auto directory = runtime::ensure_directory(path);
  if (!directory) return pass_up(directory);
  FileDescriptor log(::openat(directory->get(), "supervisor.log",
                              O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!log) return os_error(errno, "open {}/supervisor.log", path);
  return log;
}

// Sealed: what runs as our keeper can no longer be changed through any descriptor.
Result<FileDescriptor> image_in_memory() {
  constexpr unsigned kExecutable = 0x10;  // MFD_EXEC, Linux 6.3; unknown to older ones
  constexpr const char* kName = "tutti-keeper";
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  FileDescriptor file(::memfd_create(kName, kFlags | kExecutable));
  if (!file && errno == EINVAL) file = FileDescriptor(::memfd_create(kName, kFlags));
  if (!file) return os_error(errno, "create a file in memory");
  const auto image = keeper_image();
  if (::write(file.get(), image.data(), image.size()) != static_cast<ssize_t>(image.size()))
    return os_error(errno, "write the keeper's program");
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) <
      0)
    return os_error(errno, "seal the keeper's program");
  return file;
}

KeeperMessage begin_message(const RespawnDelays& delays) {
  const auto milliseconds = [](schemas::Duration duration) {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
  };
  KeeperMessage message{};
  message.settled_after = milliseconds(delays.settled);
  message.first_delay = milliseconds(delays.first);
  message.longest_delay = milliseconds(delays.longest);
  return message;
}

Result<> hand_over_descriptor(const FileDescriptor& socket, const HeldDescriptor& held) {
  const std::array numbers{held.descriptor.get()};
  KeeperMessage message{};
  if (held.process) {
    message.pid = held.process->pid;
    message.start_time = held.process->start_time;
  }
  return send_keeper_message(socket, held.process ? KeeperVerb::Watch : KeeperVerb::Hold, held.name,
                             message, numbers);
}

Result<> hand_over(const FileDescriptor& socket, const KeeperStart& start) {
  for (const HeldDescriptor& held : start.holdings.descriptors)
    if (auto sent = hand_over_descriptor(socket, held); !sent) return sent;
  for (const HeldLog& log : start.holdings.logs) {
    const std::array numbers{log.stdout_fifo.get(), log.stderr_fifo.get(), log.directory.get()};
    if (auto sent = send_keeper_message(socket, KeeperVerb::ResumeLog, log.name,
                                        with_limits(log.limits), numbers);
        !sent)
      return sent;
  }
  return send_keeper_message(socket, KeeperVerb::Begin, "begin", begin_message(start.respawn), {});
}

// Waits for Ready, which says who the keeper is or why there is none.
Result<RunningKeeper> await_ready(const FileDescriptor& socket) {
  RunningKeeper running;
  while (true) {
    auto received = receive_keeper_message(socket);
    if (!received) return pass_up(received);
    if (!*received) return fail(ErrorKind::Failed, "it ended at once");
    const KeeperMessage& message = (*received)->message;
    if (message.verb == KeeperVerb::Refused) running.refused.push_back(refusal_in(message));
    if (message.verb != KeeperVerb::Ready) continue;
    if (message.error != 0) return os_error(message.error, "it could not begin");
    running.identity = {.pid = message.pid, .start_time = message.start_time};
    break;
  }
  auto pidfd = runtime::open_process(running.identity);
  if (!pidfd) return fail(ErrorKind::Failed, "it ended at once");
  running.pidfd = std::move(*pidfd);
  return running;
}

}  // namespace

Result<RunningKeeper> start_keeper(const KeeperStart& start) {
  const auto begin = [&]() -> Result<RunningKeeper> {
    auto run = lock_run_directory(start.layout.project_run(start.project));
    if (!run) return pass_up(run);
    auto log = open_supervisor_log(start.layout, start.project);
    if (!log) return pass_up(log);
    auto image = image_in_memory();
    if (!image) return pass_up(image);
    auto sockets = runtime::create_socket_pair();
    if (!sockets) return pass_up(sockets);
    auto& [ours, theirs] = *sockets;
    const FileDescriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!nothing) return os_error(errno, "open /dev/null");

    std::array<int, kBirthDescriptors> descriptors{nothing.get(), log->get(), log->get()};
    descriptors[kStarterSocket] = theirs.get();
    descriptors[kLockFile] = run->lock.descriptor().get();
    descriptors[kRunDirectory] = run->directory.get();
    descriptors[kSupervisorBinary] = start.binary.get();
    const std::uint64_t limit = start.descriptor_limit.value_or(runtime::soft_descriptor_limit());
    if (auto born = bear_keeper(*image, start.supervisor, descriptors, limit); !born)
      return pass_up(born);
    theirs.close();  // so that its death is the end of our stream
    // The lock is the keeper's alone: with a copy of ours the next one's starter would find it
    // taken when this keeper dies before we have ended.
    run = fail(ErrorKind::Busy, "the keeper has the lock");
    // A keeper that gave up reads no more; its Ready message says why.
    const auto handed_over = hand_over(ours, start);
    auto running = await_ready(ours);
    if (running && !handed_over) return std::unexpected(handed_over.error());
    return running;
  };
  auto running = begin();
  if (!running) return pass_up(running, "start the keeper of {}", start.project);
  return running;
}

std::optional<RunningKeeper> find_keeper(const StateLayout& layout, const ProjectName& project) {
  const auto text = runtime::read_file(layout.project_run(project) + "/" + kIdentityName, 64);
  if (!text) return std::nullopt;
  ProcessIdentity identity;
  const char* end = text->data() + text->size();
  const auto pid = std::from_chars(text->data(), end, identity.pid);
  if (pid.ec != std::errc() || pid.ptr == end) return std::nullopt;
  const auto time = std::from_chars(pid.ptr + 1, end, identity.start_time);
  if (time.ec != std::errc()) return std::nullopt;
  auto pidfd = runtime::open_process(identity);
  if (!pidfd) return std::nullopt;
  return RunningKeeper{.identity = identity, .pidfd = std::move(*pidfd), .refused = {}};
}

// A supervisor of a keeper runs from such a mount already: there the second way is read-only too.
Result<FileDescriptor> open_own_binary() {
  constexpr const char* kOurselves = "/proc/self/exe";
  FileDescriptor mount(runtime::kernel::open_tree_clone(AT_FDCWD, kOurselves, false));
  if (mount && runtime::kernel::mount_setattr(mount.get(), "", false,
                                              runtime::kernel::kMountReadOnly, 0, 0) == 0)
    return mount;
  FileDescriptor file(::open(kOurselves, O_PATH | O_CLOEXEC));
  if (!file) return os_error(errno, "open our own binary");
  return file;
}

}  // namespace orchestrator
