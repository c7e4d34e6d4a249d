// Streams between us and a process in a container: pumped, so that it never holds our own files.
#pragma once

#include <poll.h>

#include <array>
#include <string>
#include <vector>

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

// One direction: what is read from `source` goes to `sink`, through one small buffer.
class Pump {
 public:
  // Borrowed descriptors; -1 for a pump that has nothing to do.
  Pump(int source, int sink) : source_(source), sink_(sink) {}

  [[nodiscard]] bool is_open() const { return source_ >= 0 || !buffer_.empty(); }
  // What poll(2) should wait for: the sink while there is something to write, else the source.
  [[nodiscard]] pollfd wait() const;
  // After poll: moves what can be moved without waiting. The end of the source, or of the reader
  // behind the sink, closes the pump.
  void move(short revents);
  // Moves all that is there now; for the end, when the process is gone.
  void drain();

 private:
  int source_;
  int sink_;
  std::string buffer_;
};

// Opens /dev/null as each of stdin, stdout and stderr that we were started without: else one of our
// own descriptors would have its number.
[[nodiscard]] schemas::Result<> fill_standard_streams();

// The child's side of stdin, stdout and stderr without a terminal, and the pumps to our side. A
// pipe of ours is handed on as it is; a file or terminal never is: a process in the container
// could open it again through /proc with more rights than we meant to give.
struct ExecStreams {
  std::array<runtime::FileDescriptor, 3> child;  // close them once the child has them
  std::array<runtime::FileDescriptor, 3> ours;   // the other end of a pipe; empty when handed on

  static schemas::Result<ExecStreams> open();
};

}  // namespace orchestrator
