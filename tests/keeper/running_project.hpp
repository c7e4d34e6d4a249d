// RunningProject: a real keeper with a fake supervisor, in a directory of the test's own.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "orchestrator/supervise/keeper_start.hpp"
#include "runtime/journal/exit_journal.hpp"
#include "runtime/journal/log_reader.hpp"
#include "tests/support/temporary_directory.hpp"

namespace tests {

// Starts with its construction; at the end everything that it started is killed.
class RunningProject {
 public:
  explicit RunningProject(const orchestrator::RespawnDelays& delays = {});
  RunningProject(const RunningProject&) = delete;
  RunningProject& operator=(const RunningProject&) = delete;
  ~RunningProject();

  [[nodiscard]] orchestrator::KeeperStart start_request() const;

  // Gives the fake supervisor a command; obeyed when there is one, also a later one.
  void command(const std::string& line) const;

  // Starts a process through the supervisor and waits until its record is there.
  runtime::ProcessIdentity start(const std::string& name, const std::string& rest);

  // The supervisors so far: their pids, and what each one was given.
  struct Birth {
    int pid{0};
    std::uint64_t descriptor_limit{0};
    std::vector<std::string> held;  // sorted
  };
  [[nodiscard]] std::vector<Birth> births() const;
  bool await_births(std::size_t count,
                    std::chrono::milliseconds deadline = std::chrono::seconds(5)) const;

  // Waits for the record; a status that is not known when it does not come.
  runtime::ExitedProcess await_exit(const runtime::ProcessIdentity& process) const;

  [[nodiscard]] std::vector<runtime::LogLine> log(const std::string& name) const;

  [[nodiscard]] const orchestrator::RunningKeeper& keeper() const { return keeper_; }
  // After the supervisor has replaced it.
  void find_new_keeper();

  [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }
  [[nodiscard]] std::string run_directory() const;

 private:
  TemporaryDirectory directory_;
  runtime::FileDescriptor commands_;
  orchestrator::RunningKeeper keeper_;
  std::vector<runtime::ProcessIdentity> started_;
};

// Expects a line_writer's lines without gap, double or tear in both streams; returns how many
// stdout has.
long expect_all_lines(const std::vector<runtime::LogLine>& lines);

// Waits for the end of a process that somebody else reaps.
[[nodiscard]] bool await_end(const runtime::FileDescriptor& pidfd,
                             std::chrono::milliseconds deadline = std::chrono::seconds(5));

}  // namespace tests
