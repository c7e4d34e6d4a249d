// Runs containers as the supervisor would, but as children of the test.
#include "tests/container/container_stage.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include <gtest/gtest.h>

#include "runtime/sys/clock.hpp"
#include "schemas/vocabulary/kernel_names.hpp"

namespace tests {

namespace fs = std::filesystem;

namespace {

constexpr int kDeadline = 10'000;  // milliseconds

const std::string kLayer(64, 'a');

void make_busybox_layer(const std::string& layer) {
  fs::create_directories(layer + "/bin");
  fs::create_directories(layer + "/etc");
  fs::create_directories(layer + "/tmp");
  fs::copy_file("/bin/busybox", layer + "/bin/busybox");
  for (const char* applet :
       {"sh",    "cat",   "id",    "ls",   "stat",     "sleep", "mount",   "hostname", "true",
        "false", "touch", "mkdir", "grep", "readlink", "pwd",   "unshare", "env",      "kill",
        "tty",   "ps",    "ln",    "wc",   "mknod",    "dd",    "test",    "chmod"})
    fs::create_symlink("busybox", layer + "/bin/" + applet);
}

}  // namespace

bool wait_readable(const runtime::FileDescriptor& descriptor) {
  pollfd watched{descriptor.get(), POLLIN, 0};
  return ::poll(&watched, 1, kDeadline) == 1;
}

int reap(const runtime::FileDescriptor& pidfd) {
  EXPECT_TRUE(wait_readable(pidfd)) << "it does not end";
  siginfo_t ended{};
  if (::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &ended, WEXITED) < 0) return -1;
  return ended.si_code == CLD_EXITED ? ended.si_status : 128 + ended.si_status;
}

std::string drain(const runtime::FileDescriptor& pipe) {
  ::fcntl(pipe.get(), F_SETFL, O_NONBLOCK);
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t length = ::read(pipe.get(), buffer.data(), buffer.size());
    if (length <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(length));
  }
}

ContainerStage::ContainerStage() {
  layout = {.root = directory_ / "root", .run = directory_ / "run"};
  names = {.instance = schemas::instance_of(layout.run), .project = schemas::ProjectName("stage")};
  make_busybox_layer(layer());
  auto facts = runtime::observe_host();
  EXPECT_TRUE(facts) << facts.error().text();
  if (facts) host = std::move(*facts);
}

std::string ContainerStage::layer() const { return layout.layers() + "/" + kLayer; }

schemas::ContainerConfig ContainerStage::script(const std::string& text) const {
  schemas::ContainerConfig config;
  config.name = schemas::ContainerName("stage-one-1");
  config.layers = {schemas::Digest{kLayer}};
  config.image_id = schemas::Digest{kLayer};
  config.command = {"/bin/sh", "-c", text};
  config.hostname = "one";
  config.working_directory = "/";
  return config;
}

runtime::ContainerRecord ContainerStage::create(const schemas::ContainerConfig& config) {
  const std::vector<schemas::EndpointStatus> endpoints;
  auto record = runtime::create_container({.layout = layout,
                                           .names = names,
                                           .config = config,
                                           .endpoints = endpoints,
                                           .host_gateway = std::nullopt,
                                           .now = runtime::wall_now()},
                                          host);
  EXPECT_TRUE(record) << record.error().text();
  return record ? std::move(*record) : runtime::ContainerRecord{};
}

schemas::Result<runtime::Launched> ContainerStage::launch(const runtime::ContainerRecord& record) {
  return runtime::launch_container(
      {.layout = layout, .names = names, .record = record, .parentage = runtime::Parentage::Child},
      host);
}

RunningContainer ContainerStage::start(const schemas::ContainerConfig& config) {
  RunningContainer running;
  running.record = create(config);
  auto launched = launch(running.record);
  EXPECT_TRUE(launched) << launched.error().text();
  if (!launched) return running;
  running.launched = std::move(*launched);
  running.record.process = running.launched.process;
  EXPECT_TRUE(runtime::release(running.launched));
  EXPECT_TRUE(wait_readable(running.launched.report));
  const runtime::StartReport report = runtime::read_start_report(running.launched.report);
  EXPECT_EQ(report.outcome, runtime::StartOutcome::Running) << report.text;
  return running;
}

Outcome ContainerStage::finish(RunningContainer& running) {
  Outcome outcome;
  outcome.exit_code = reap(running.launched.pidfd);
  outcome.output = drain(running.launched.stdout_fifo) + drain(running.launched.stderr_fifo);
  auto discarded = runtime::discard_container(layout, names, running.record.config.name, host);
  EXPECT_TRUE(discarded) << discarded.error().text();
  return outcome;
}

Outcome ContainerStage::run(const schemas::ContainerConfig& config) {
  RunningContainer running;
  running.record = create(config);
  auto launched = launch(running.record);
  if (!launched) {
    auto discarded = runtime::discard_container(layout, names, config.name, host);
    EXPECT_TRUE(discarded) << discarded.error().text();
    return {.exit_code = 125, .output = "", .failure = launched.error().text()};
  }
  running.launched = std::move(*launched);
  EXPECT_TRUE(runtime::release(running.launched));
  EXPECT_TRUE(wait_readable(running.launched.report));
  const runtime::StartReport report = runtime::read_start_report(running.launched.report);
  Outcome outcome = finish(running);
  if (report.outcome == runtime::StartOutcome::Failed) {
    outcome.failure = report.text;
    EXPECT_EQ(outcome.exit_code, report.exit_code);
  }
  return outcome;
}

Outcome ContainerStage::exec(const RunningContainer& running, std::vector<std::string> command,
                             const std::string& user) {
  std::array<int, 2> ends{-1, -1};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const runtime::FileDescriptor reading(ends[0]);
  runtime::FileDescriptor writing(ends[1]);
  auto process = runtime::exec_in_container({.names = names,
                                             .record = running.record,
                                             .command = std::move(command),
                                             .environment = {},
                                             .user = user,
                                             .working_directory = "",
                                             .standard = {nullptr, &writing, &writing}},
                                            host);
  if (!process) return {.exit_code = 125, .output = "", .failure = process.error().text()};
  writing.close();
  Outcome outcome;
  outcome.exit_code = reap(process->pidfd);
  outcome.output = drain(reading);
  const runtime::StartReport report = runtime::read_start_report(process->report);
  if (report.outcome == runtime::StartOutcome::Failed) outcome.failure = report.text;
  return outcome;
}

}  // namespace tests
