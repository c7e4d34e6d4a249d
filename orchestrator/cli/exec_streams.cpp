// Small writes after POLLOUT never block on a pipe (pipe(7): up to PIPE_BUF bytes).
#include "orchestrator/cli/exec_streams.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace orchestrator {
namespace {

bool is_pipe(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode);
}

bool is_ready_to_read(int descriptor) {
  pollfd wait{descriptor, POLLIN, 0};
  return ::poll(&wait, 1, 0) == 1;
}

}  // namespace

pollfd Pump::wait() const {
  if (!buffer_.empty()) return {sink_, POLLOUT, 0};
  return {source_, POLLIN, 0};
}

void Pump::move(short revents) {
  if (revents == 0) return;
  if (buffer_.empty()) {
    std::array<char, PIPE_BUF> block{};
    const ssize_t count = ::read(source_, block.data(), block.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {  // a pty's master says EIO at its end
      source_ = -1;
      return;
    }
    buffer_.assign(block.data(), static_cast<std::size_t>(count));
    return;
  }
  const ssize_t written = ::write(sink_, buffer_.data(), buffer_.size());
  if (written < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (written < 0) {  // nobody reads any more
    source_ = -1;
    buffer_.clear();
    return;
  }
  buffer_.erase(0, static_cast<std::size_t>(written));
}

void Pump::drain() {
  while (is_open()) {
    if (buffer_.empty() && !is_ready_to_read(source_)) return;
    move(POLLIN);
  }
}

schemas::Result<> fill_standard_streams() {
  int lowest = -1;
  do {
    lowest = ::open("/dev/null", O_RDWR);  // NOLINT: not close-on-exec, as streams are
    if (lowest < 0) return schemas::os_error(errno, "open /dev/null");
  } while (lowest < STDERR_FILENO);
  if (lowest > STDERR_FILENO) ::close(lowest);
  return {};
}

schemas::Result<ExecStreams> ExecStreams::open() {
  ExecStreams streams;
  for (std::size_t number = 0; number < streams.child.size(); ++number) {
    const int own = static_cast<int>(number);
    if (is_pipe(own)) {
      streams.child[number] = runtime::FileDescriptor(::fcntl(own, F_DUPFD_CLOEXEC, 3));
      continue;
    }
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) < 0) return schemas::os_error(errno, "create a pipe");
    const bool is_input = own == STDIN_FILENO;
    streams.child[number] = runtime::FileDescriptor(ends[is_input ? 0 : 1]);
    streams.ours[number] = runtime::FileDescriptor(ends[is_input ? 1 : 0]);
  }
  return streams;
}

}  // namespace orchestrator
