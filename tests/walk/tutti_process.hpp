// Runs a program to its end and tells what became of it: the walks' hand on the built binary.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

struct Finished {
  int exit_code{-1};  // 128 + n after signal n; -1: the deadline was over, and it was killed
  std::string out;
  std::string err;
  std::chrono::milliseconds took{0};
};

using Words = std::vector<std::string>;

// A child process with its outputs captured through pipes; killed when it is forgotten.
class TuttiProcess {
 public:
  explicit TuttiProcess(const Words& arguments, const std::string& directory = "");
  TuttiProcess(const TuttiProcess&) = delete;
  TuttiProcess& operator=(const TuttiProcess&) = delete;
  ~TuttiProcess();

  // Reads both outputs until they close and the process has ended.
  Finished finish(std::chrono::milliseconds deadline = std::chrono::seconds(30));

  // True when standard output has shown this text by the deadline.
  bool shows(std::string_view text, std::chrono::milliseconds deadline = std::chrono::seconds(10));

  void signal(int number) const;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  bool read_some(Deadline deadline);  // false: both closed, or the deadline is over
  void reap();

  pid_t pid_{-1};
  int out_{-1};
  int err_{-1};
  Finished finished_;
};

[[nodiscard]] Finished run(const Words& arguments, const std::string& directory = "",
                           std::chrono::milliseconds deadline = std::chrono::seconds(30));

// Runs it on a pseudo terminal, typing `input`; what the terminal showed is `out`.
[[nodiscard]] Finished run_on_terminal(
    const Words& arguments, const std::string& directory, std::string_view input,
    std::chrono::milliseconds deadline = std::chrono::seconds(30));

}  // namespace tests
