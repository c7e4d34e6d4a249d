// ContainerStage: directories, one busybox image and the calls to run containers of it, for kernel
// tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/container/create.hpp"
#include "runtime/container/exec.hpp"
#include "runtime/container/launch.hpp"
#include "tests/support/temporary_directory.hpp"

namespace tests {

// How a container or an exec went.
struct Outcome {
  int exit_code{-1};
  std::string output;   // stdout, then stderr
  std::string failure;  // why it never ran
};

// A launched container; the test must see it end (ContainerStage::finish).
struct RunningContainer {
  runtime::ContainerRecord record;
  runtime::Launched launched;
};

class ContainerStage {
 public:
  ContainerStage();

  // A shell script in a container of the busybox image.
  [[nodiscard]] schemas::ContainerConfig script(const std::string& text) const;

  // The image's layer on disk: tests make it hostile before the start.
  [[nodiscard]] std::string layer() const;
  [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }

  // Create, start, wait for the end, discard.
  Outcome run(const schemas::ContainerConfig& config);

  // Create and start; Pending until it is seen to run. A start that fails is a test failure.
  RunningContainer start(const schemas::ContainerConfig& config);
  Outcome finish(RunningContainer& running);

  // Runs a command in it and waits for its end.
  Outcome exec(const RunningContainer& running, std::vector<std::string> command,
               const std::string& user = "");

  runtime::StateLayout layout;
  schemas::KernelNames names;
  runtime::HostFacts host;

  runtime::ContainerRecord create(const schemas::ContainerConfig& config);
  schemas::Result<runtime::Launched> launch(const runtime::ContainerRecord& record);

 private:
  TemporaryDirectory directory_;
};

// Waits for the end of our child and reaps it: its exit code as a shell counts it.
[[nodiscard]] int reap(const runtime::FileDescriptor& pidfd);

// What is in a pipe or FIFO now, or until its end when that is near.
[[nodiscard]] std::string drain(const runtime::FileDescriptor& pipe);

// Polls until readable; false after ten seconds.
[[nodiscard]] bool wait_readable(const runtime::FileDescriptor& descriptor);

}  // namespace tests
