// Nothing polls: a new socket shows in inotify(7), a dead keeper in its pidfd.
#include "orchestrator/cli/supervisor_link.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "orchestrator/cli/signal_queue.hpp"
#include "orchestrator/supervise/api_client.hpp"
#include "orchestrator/supervise/keeper_start.hpp"
#include "runtime/sys/clock.hpp"
#include "runtime/sys/files.hpp"

namespace orchestrator {
namespace {

using runtime::FileDescriptor;
using runtime::StateLayout;
using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::ProjectName;
using schemas::Result;

constexpr schemas::Duration kStartTime{std::chrono::seconds{15}};
constexpr schemas::Duration kEndTime{std::chrono::seconds{30}};
constexpr int kAttempts = 4;  // each one met a keeper that was just ending

int milliseconds_until(schemas::Instant deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - runtime::boot_now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

Result<FileDescriptor> watch_directory(const std::string& directory) {
  FileDescriptor inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify) return os_error(errno, "open inotify");
  if (::inotify_add_watch(inotify.get(), directory.c_str(),
                          IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_ONLYDIR) < 0) {
    return os_error(errno, "watch {}", directory);
  }
  return inotify;
}

void drain(const FileDescriptor& inotify) {
  alignas(inotify_event) std::array<char, 4096> block{};
  while (::read(inotify.get(), block.data(), block.size()) > 0) {
  }
}

// Waits for a supervisor that accepts. NotFound: the keeper ended, or its directory did.
Result<FileDescriptor> wait_for_socket(const StateLayout& layout, const ProjectName& project,
                                       const std::optional<RunningKeeper>& keeper) {
  auto inotify = watch_directory(layout.project_run(project));
  if (!inotify) return pass_up(inotify);
  const schemas::Instant deadline = runtime::boot_now() + kStartTime;
  for (;;) {
    auto socket = connect_api_socket(layout.socket(project));
    if (socket || socket.error().kind() != ErrorKind::NotFound) return socket;
    if (keeper && runtime::has_exited(keeper->pidfd)) {
      return fail(ErrorKind::NotFound, "the keeper of {} has ended", project);
    }
    std::array<pollfd, 2> waits{
        {{inotify->get(), POLLIN, 0}, {keeper ? keeper->pidfd.get() : -1, POLLIN, 0}}};
    const int ready = ::poll(waits.data(), waits.size(), milliseconds_until(deadline));
    if (ready < 0 && errno != EINTR) return os_error(errno, "wait for the supervisor");
    if (ready == 0) {
      return fail(ErrorKind::TimedOut, "the supervisor of {} did not answer in {}; see {}/{}",
                  project, schemas::write_duration(kStartTime), layout.project(project),
                  "supervisor.log");
    }
    drain(*inotify);
  }
}

Result<RunningKeeper> start(const StateLayout& layout, const ProjectName& project) {
  auto binary = open_own_binary();
  if (!binary) return pass_up(binary);
  KeeperStart request;
  request.layout = layout;
  request.project = project;
  request.supervisor = {"tutti", "supervise", "--root",    layout.root,
                        "--run", layout.run,  "--project", project.text};
  request.binary = std::move(*binary);
  const UnblockedSignals unblocked;
  return start_keeper(request);
}

}  // namespace

Result<> require_root(std::string_view command) {
  if (::geteuid() == 0) return {};
  return fail(ErrorKind::Denied, "{} needs root; run it as root: sudo tutti {} ...", command,
              command);
}

Result<FileDescriptor> ensure_supervisor(const StateLayout& layout, const ProjectName& project) {
  Result<FileDescriptor> socket = connect_api_socket(layout.socket(project));
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (socket || socket.error().kind() != ErrorKind::NotFound) return socket;
    std::optional<RunningKeeper> keeper;
    auto started = start(layout, project);
    if (started) {
      keeper = std::move(*started);
    } else if (started.error().kind() == ErrorKind::Busy) {
      keeper = find_keeper(layout, project);
    } else if (started.error().kind() != ErrorKind::NotFound || attempt + 1 == kAttempts) {
      // NotFound: a `down` beside us removed a directory that was still empty.
      return pass_up(started, "start the supervisor of {}", project);
    }
    socket = wait_for_socket(layout, project, keeper);
  }
  return socket;
}

Result<FileDescriptor> await_supervisor(const StateLayout& layout, const ProjectName& project) {
  const auto keeper = find_keeper(layout, project);
  if (!keeper) return fail(ErrorKind::NotFound, "{} has no keeper", project);
  return wait_for_socket(layout, project, keeper);
}

Result<> await_end(const StateLayout& layout, const ProjectName& project,
                   const std::optional<RunningKeeper>& keeper) {
  if (keeper) {
    const schemas::Instant deadline = runtime::boot_now() + kEndTime;
    pollfd wait{keeper->pidfd.get(), POLLIN, 0};
    while (!runtime::has_exited(keeper->pidfd)) {
      const int ready = ::poll(&wait, 1, milliseconds_until(deadline));
      if (ready == 0) {
        return fail(ErrorKind::TimedOut, "the keeper of {} (pid {}) did not end in {}", project,
                    keeper->identity.pid, schemas::write_duration(kEndTime));
      }
    }
  }
  // Only what is empty: somebody may be starting the project again. The run directory of all
  // projects goes with the last of them.
  ::rmdir((layout.project_run(project) + "/containers").c_str());
  if (::rmdir(layout.project_run(project).c_str()) == 0 || errno == ENOENT) {
    ::rmdir(layout.run.c_str());
  }
  return {};
}

}  // namespace orchestrator
