// The reaper's whole life: exec, tell, wait, tell.
#include "orchestrator/cli/exec_reaper.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/cli/commands.hpp"
#include "runtime/container/child.hpp"
#include "runtime/sys/process.hpp"
#include "runtime/sys/socket.hpp"

namespace orchestrator {

using runtime::ExecProcess;
using runtime::FileDescriptor;
using schemas::Error;
using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

namespace {

// What the reaper says: one of the first two, and after Started an Ended.
enum class Word : std::uint8_t { Started, Refused, Ended };

struct Told {
  Word word{Word::Refused};
  ErrorKind kind{ErrorKind::Failed};  // Refused
  int exit_code{0};                   // Ended
  std::array<char, 2000> text{};      // Refused
};

Result<> tell(const FileDescriptor& client, const Told& told, std::span<const int> descriptors) {
  return runtime::send_message(client, std::as_bytes(std::span(&told, 1)), descriptors);
}

Told refusal(const Error& error) {
  Told told{.word = Word::Refused, .kind = error.kind()};
  const std::string text = error.text();
  std::copy_n(text.begin(), std::min(text.size(), told.text.size() - 1), told.text.begin());
  return told;
}

// waitid(2), which a reaper must reach whatever happens.
int reap(const FileDescriptor& pidfd) {
  siginfo_t ended{};
  while (::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &ended, WEXITED) < 0)
    if (errno != EINTR) return exit_codes::kError;
  return ended.si_code == CLD_EXITED ? ended.si_status : exit_codes::kSignal + ended.si_status;
}

// Only the client may hold the streams and the terminal: with it they close.
void let_go_of_the_rest(const FileDescriptor& client, const FileDescriptor& pidfd) {
  std::array<int, 2> kept{client.get(), pidfd.get()};
  std::sort(kept.begin(), kept.end());
  runtime::close_all_but(kept);
  const FileDescriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (int number = 0; number < 3; ++number) ::dup2(nothing.get(), number);
  static_cast<void>(::chdir("/") < 0);  // so that no unmount waits for us
}

// As a terminal does it: a client that is gone takes its program along, if that listens.
void wait_for_end(const FileDescriptor& client, const FileDescriptor& pidfd) {
  std::array<pollfd, 2> waits{{{client.get(), 0, 0}, {pidfd.get(), POLLIN, 0}}};
  while (waits[1].revents == 0) {
    if (::poll(waits.data(), waits.size(), -1) < 0) continue;
    if (waits[0].revents == 0) continue;
    static_cast<void>(runtime::send_signal(pidfd, SIGHUP));
    waits[0].fd = -1;
  }
}

[[noreturn]] void run_reaper(const FileDescriptor& client, const runtime::ExecRequest& request,
                             runtime::HostFacts& host) {
  ::setsid();
  auto process = runtime::exec_in_container(request, host);
  if (!process) {
    static_cast<void>(tell(client, refusal(process.error()), {}));
    ::_exit(exit_codes::kError);
  }
  std::vector<int> handed{process->pidfd.get(), process->report.get()};
  if (process->terminal) handed.push_back(process->terminal.get());
  // A client that is gone meanwhile is met again by wait_for_end().
  static_cast<void>(tell(client, {.word = Word::Started}, handed));
  let_go_of_the_rest(client, process->pidfd);
  wait_for_end(client, process->pidfd);
  const int code = reap(process->pidfd);
  static_cast<void>(tell(client, {.word = Word::Ended, .exit_code = code}, {}));
  ::_exit(exit_codes::kSuccess);
}

struct Heard {
  Told told;
  std::vector<FileDescriptor> descriptors;
};

Result<Heard> hear(const FileDescriptor& reaper) {
  auto message = runtime::receive_message(reaper, sizeof(Told));
  if (!message) return pass_up(message);
  if (message->bytes.size() != sizeof(Told))
    return fail(ErrorKind::Failed, "the parent of the process was killed");
  Heard heard{.told = {}, .descriptors = std::move(message->descriptors)};
  std::memcpy(&heard.told, message->bytes.data(), sizeof(Told));
  return heard;
}

}  // namespace

Result<ReapedProcess> exec_with_reaper(const runtime::ExecRequest& request,
                                       runtime::HostFacts& host) {
  auto sockets = runtime::create_socket_pair();
  if (!sockets) return pass_up(sockets);
  auto& [ours, theirs] = *sockets;
  const pid_t reaper = ::fork();
  if (reaper < 0) return os_error(errno, "fork");
  if (reaper == 0) {
    ours.close();
    run_reaper(theirs, request, host);
  }
  theirs.close();  // so that its death is an end of file to us
  auto heard = hear(ours);
  if (!heard) return pass_up(heard);
  if (heard->told.word != Word::Started)
    return std::unexpected(Error(heard->told.kind, heard->told.text.data()));
  auto& given = heard->descriptors;
  if (given.size() < 2) return fail(ErrorKind::Failed, "too many files are open");
  return ReapedProcess{.pidfd = std::move(given[0]),
                       .report = std::move(given[1]),
                       .terminal = given.size() > 2 ? std::move(given[2]) : FileDescriptor(),
                       .end = std::move(ours)};
}

Result<int> await_exit_code(const ReapedProcess& process) {
  auto heard = hear(process.end);
  if (!heard) return pass_up(heard);
  return heard->told.exit_code;
}

}  // namespace orchestrator
