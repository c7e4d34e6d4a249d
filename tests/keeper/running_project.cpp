// Starts, drives and ends the keeper and the fake supervisor of one test.
#include "tests/keeper/running_project.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <optional>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/eventually.hpp"

namespace tests {

using runtime::ProcessIdentity;

RunningProject::RunningProject(const orchestrator::RespawnDelays& delays) {
  const std::string commands = path("commands");
  EXPECT_EQ(::mkfifo(commands.c_str(), 0600), 0);
  commands_ = runtime::FileDescriptor(::open(commands.c_str(), O_RDWR | O_CLOEXEC));
  auto request = start_request();
  request.respawn = delays;
  auto started = orchestrator::start_keeper(request);
  EXPECT_TRUE(started) << started.error().text();
  if (started) keeper_ = std::move(*started);
  EXPECT_TRUE(await_births(1));
}

// The keeper first, so that no supervisor comes back; then whatever is left, by its identity.
RunningProject::~RunningProject() {
  std::vector<int> supervisors;
  for (const Birth& birth : births()) supervisors.push_back(birth.pid);
  std::vector<runtime::FileDescriptor> pidfds;
  if (keeper_.pidfd) pidfds.push_back(std::move(keeper_.pidfd));
  for (const ProcessIdentity& process : started_)
    if (auto pidfd = runtime::open_process(process)) pidfds.push_back(std::move(*pidfd));
  // Stopped first: the last supervisor must not replace the keeper that is killed before it.
  for (const int pid : supervisors)
    if (auto identity = runtime::identify(pid))
      if (auto pidfd = runtime::open_process(*identity)) {
        EXPECT_TRUE(runtime::send_signal(*pidfd, SIGSTOP));
        pidfds.push_back(std::move(*pidfd));
      }
  for (const auto& pidfd : pidfds) EXPECT_TRUE(runtime::send_signal(pidfd, SIGKILL));
  for (const auto& pidfd : pidfds) EXPECT_TRUE(await_end(pidfd));
}

orchestrator::KeeperStart RunningProject::start_request() const {
  const std::string root = path("root");
  const std::string run = path("run");
  return {.layout = {.root = root, .run = run},
          .project = schemas::ProjectName("shop"),
          .supervisor = {"fake_supervisor", directory_.path().string(), root, run, "shop"},
          .binary = runtime::FileDescriptor(::open(FAKE_SUPERVISOR, O_PATH | O_CLOEXEC)),
          .holdings = {},
          .respawn = {}};
}

void RunningProject::command(const std::string& line) const {
  const std::string text = line + "\n";
  EXPECT_EQ(::write(commands_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

ProcessIdentity RunningProject::start(const std::string& name, const std::string& rest) {
  command(rest);
  ProcessIdentity identity;
  EXPECT_TRUE(eventually([&] {
    std::ifstream record(path(name + ".process"));
    return static_cast<bool>(record >> identity.pid >> identity.start_time);
  }));
  started_.push_back(identity);
  return identity;
}

std::vector<RunningProject::Birth> RunningProject::births() const {
  std::vector<Birth> all;
  std::ifstream file(path("births"));
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    Birth birth;
    words >> birth.pid >> birth.descriptor_limit;
    for (std::string word; words >> word;) birth.held.push_back(word);
    std::ranges::sort(birth.held);
    all.push_back(std::move(birth));
  }
  return all;
}

bool RunningProject::await_births(std::size_t count, std::chrono::milliseconds deadline) const {
  return eventually([&] { return births().size() >= count; }, deadline);
}

runtime::ExitedProcess RunningProject::await_exit(const ProcessIdentity& process) const {
  std::optional<runtime::ExitedProcess> exit;
  const bool seen = eventually(
      [&] { return (exit = runtime::read_exit(run_directory() + "/exits", process)).has_value(); });
  EXPECT_TRUE(seen) << "no exit of " << process.pid << " was journaled";
  return exit.value_or(runtime::ExitedProcess{.status = {.code = -1, .known = false}});
}

std::vector<runtime::LogLine> RunningProject::log(const std::string& name) const {
  auto lines = runtime::read_log(path(name + ".log"));
  EXPECT_TRUE(lines) << lines.error().text();
  return lines ? std::move(*lines) : std::vector<runtime::LogLine>{};
}

void RunningProject::find_new_keeper() {
  const auto old = keeper_.identity;
  const bool came = eventually([&] {
    auto found = orchestrator::find_keeper(start_request().layout, start_request().project);
    if (!found || found->identity == old) return false;
    keeper_ = std::move(*found);
    return true;
  });
  EXPECT_TRUE(came) << std::ifstream(path("root/projects/shop/supervisor.log")).rdbuf();
}

std::string RunningProject::run_directory() const { return path("run/shop"); }

long expect_all_lines(const std::vector<runtime::LogLine>& lines) {
  std::array<long, 2> last{};
  for (const runtime::LogLine& line : lines) {
    if (line.text == "last words") continue;
    long& number = last.at(static_cast<std::size_t>(line.stream));
    EXPECT_EQ(line.text, "line " + std::to_string(++number));
    if (testing::Test::HasFailure()) break;
  }
  return last[0];
}

bool await_end(const runtime::FileDescriptor& pidfd, std::chrono::milliseconds deadline) {
  pollfd entry{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, static_cast<int>(deadline.count())) == 1;
}

}  // namespace tests
