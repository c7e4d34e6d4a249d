// A Stack: one project of a walk, with the built binary as the only hand that touches it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temporary_directory.hpp"
#include "tests/walk/tutti_process.hpp"

namespace tests {

// State directories of a walk, with the image box:latest (a static busybox) in their store.
class Home {
 public:
  Home();
  [[nodiscard]] std::string root() const { return directory_ / "root"; }
  [[nodiscard]] std::string run() const { return directory_ / "run"; }
  [[nodiscard]] const TemporaryDirectory& directory() const { return directory_; }

 private:
  TemporaryDirectory directory_;
};

// A line of `ps --format json`.
struct Listed {
  std::string name;
  std::string service;
  std::string state;
  std::string health;
  pid_t pid{0};
};

// A project directory with a compose.yaml; `down` at the end, whatever happened.
class Stack {
 public:
  Stack(const Home& home, std::string project, std::string_view compose);
  // A copy of examples/<project>, with its images in the home's store.
  Stack(const Home& home, std::string project);
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  ~Stack();

  void write(std::string_view compose) const;
  [[nodiscard]] Words command(const Words& words) const;  // tutti --root ... WORDS
  [[nodiscard]] Finished tutti(const Words& words) const;
  [[nodiscard]] std::vector<Listed> ps() const;
  [[nodiscard]] std::optional<Listed> find(std::string_view service) const;
  [[nodiscard]] pid_t pid_of(std::string_view service) const;  // 0: it does not run
  [[nodiscard]] std::string directory() const { return directory_.path().string(); }
  [[nodiscard]] const std::string& project() const { return project_; }

 private:
  const Home& home_;
  std::string project_;
  TemporaryDirectory directory_;
};

// Path of the binary under test: $TUTTI_BINARY, or the one that was built with this program.
[[nodiscard]] std::string tutti_binary();

// The body of http://127.0.0.1:PORT/, or nothing; never waits longer than a second.
[[nodiscard]] std::optional<std::string> fetch(int port);

// Processes with these words side by side in their command line.
[[nodiscard]] std::set<pid_t> find_processes(std::string_view words);

// Every supervisor of a project that runs.
[[nodiscard]] std::set<pid_t> find_supervisors(std::string_view project);
[[nodiscard]] std::optional<pid_t> find_supervisor(const Stack& stack);
[[nodiscard]] std::optional<pid_t> find_keeper(const Stack& stack, const Home& home);

// The proportional share of memory of a process (smaps_rollup).
[[nodiscard]] long pss_kilobytes(pid_t pid);

// Names of this network namespace's links that begin so.
[[nodiscard]] std::vector<std::string> links(std::string_view prefix);

// Two services, the second after the first is healthy; both are started again whatever happens.
[[nodiscard]] std::string hello_compose(int port);

}  // namespace tests
