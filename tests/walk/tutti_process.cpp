// Fork, pipes, poll: a process whose outputs are read until a deadline.
#include "tests/walk/tutti_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace tests {
namespace {

using Clock = std::chrono::steady_clock;

int remaining_ms(Clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return left < 0 ? 0 : static_cast<int>(left);
}

[[noreturn]] void execute(const Words& arguments, const std::string& directory) {
  if (!directory.empty() && ::chdir(directory.c_str()) != 0) ::_exit(125);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const auto& word : arguments) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

// Appends what is there; false at end of file (EIO is a pseudo terminal's way to say it).
bool drain(int descriptor, std::string& text) {
  std::array<char, 16384> buffer{};
  const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
  if (got <= 0) return false;
  text.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

TuttiProcess::TuttiProcess(const Words& arguments, const std::string& directory) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("pipe2");
  }
  pid_ = ::fork();
  if (pid_ == 0) {
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(null, 0);
    ::dup2(out[1], 1);
    ::dup2(err[1], 2);
    execute(arguments, directory);
  }
  ::close(out[1]);
  ::close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

TuttiProcess::~TuttiProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    reap();
  }
  for (const int descriptor : {out_, err_}) {
    if (descriptor >= 0) ::close(descriptor);
  }
}

void TuttiProcess::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

void TuttiProcess::reap() {
  int status = 0;
  if (::waitpid(pid_, &status, 0) == pid_) finished_.exit_code = exit_code_of(status);
  pid_ = -1;
}

bool TuttiProcess::read_some(Deadline deadline) {
  std::array<pollfd, 2> polled{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
  if (out_ < 0 && err_ < 0) return false;
  if (::poll(polled.data(), polled.size(), remaining_ms(deadline)) <= 0) return false;
  const auto take = [](const pollfd& ready, int& descriptor, std::string& text) {
    if (ready.revents == 0 || drain(descriptor, text)) return;
    ::close(descriptor);
    descriptor = -1;
  };
  take(polled[0], out_, finished_.out);
  take(polled[1], err_, finished_.err);
  return true;
}

Finished TuttiProcess::finish(std::chrono::milliseconds deadline) {
  const auto begin = Clock::now();
  while (read_some(begin + deadline)) {
  }
  const bool late = out_ >= 0 || err_ >= 0;
  if (late) ::kill(pid_, SIGKILL);
  reap();
  if (late) finished_.exit_code = -1;
  finished_.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  return finished_;
}

bool TuttiProcess::shows(std::string_view text, std::chrono::milliseconds deadline) {
  const auto until = Clock::now() + deadline;
  while (!finished_.out.contains(text)) {
    if (!read_some(until)) return finished_.out.contains(text);
  }
  return true;
}

Finished run(const Words& arguments, const std::string& directory,
             std::chrono::milliseconds deadline) {
  return TuttiProcess(arguments, directory).finish(deadline);
}

Finished run_on_terminal(const Words& arguments, const std::string& directory,
                         std::string_view input, std::chrono::milliseconds deadline) {
  Finished finished;
  int terminal = -1;
  const winsize size{.ws_row = 40, .ws_col = 132, .ws_xpixel = 0, .ws_ypixel = 0};
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) execute(arguments, directory);
  ::fcntl(terminal, F_SETFD, FD_CLOEXEC);
  if (::write(terminal, input.data(), input.size()) < 0) finished.err = "typing failed";
  const auto until = Clock::now() + deadline;
  pollfd polled{terminal, POLLIN, 0};
  bool open = true;
  while (open && ::poll(&polled, 1, remaining_ms(until)) > 0) open = drain(terminal, finished.out);
  if (open) ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(terminal);
  finished.exit_code = open ? -1 : exit_code_of(status);
  return finished;
}

}  // namespace tests
