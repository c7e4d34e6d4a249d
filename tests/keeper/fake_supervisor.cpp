// A supervisor that does what a test writes into a FIFO; it starts "containers" as the real one
// does.
//
//   fake_supervisor DIRECTORY ROOT RUN PROJECT, commands one a line in DIRECTORY/commands:
//   run NAME PROGRAM [ARGUMENT]   a process with FIFOs and a log; DIRECTORY/NAME.process says who
//   exit NAME CODE                a process that ends without an exec
//   watch NAME                    has the keeper watch a process of run or exit
//   hold NAME PATH | drop NAME | stop | die
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>
#include <variant>

#include "orchestrator/supervise/keeper_client.hpp"
#include "orchestrator/supervise/keeper_start.hpp"
#include "runtime/sys/descriptor_limit.hpp"
#include "runtime/sys/files.hpp"
#include "runtime/sys/process.hpp"

namespace {

using orchestrator::HeldDescriptor;
using orchestrator::HeldLog;
using orchestrator::Holdings;
using orchestrator::KeeperClient;
using runtime::FileDescriptor;

class FakeSupervisor {
 public:
  FakeSupervisor(std::array<std::string, 5> arguments, KeeperClient keeper)
      : arguments_(std::move(arguments)), directory_(arguments_[1]), keeper_(std::move(keeper)) {}

  int run() {
    limit_ = runtime::raise_descriptor_limit();
    holdings_ = expect(keeper_.list());
    write_birth();
    const FileDescriptor commands(::open((directory_ + "/commands").c_str(), O_RDWR | O_CLOEXEC));
    while (true) {
      std::array<pollfd, 2> entries{
          {{commands.get(), POLLIN, 0}, {keeper_.descriptor().get(), POLLIN, 0}}};
      ::poll(entries.data(), entries.size(), -1);
      for (const auto& news : expect(keeper_.receive()))
        if (std::holds_alternative<orchestrator::KeeperGone>(news)) return replace_keeper();
      if (entries[0].revents != 0) obey(read_line(commands));
    }
  }

 private:
  template <typename T>
  static T expect(schemas::Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "fake supervisor: %s\n", result.error().text().c_str());
    std::exit(3);
  }
  static void expect(const schemas::Result<>& result) {
    if (result) return;
    std::fprintf(stderr, "fake supervisor: %s\n", result.error().text().c_str());
    std::exit(3);
  }

  static std::string read_line(const FileDescriptor& commands) {
    std::string line;
    char byte = 0;
    while (::read(commands.get(), &byte, 1) == 1 && byte != '\n') line += byte;
    return line;
  }

  void write(const std::string& name, const std::string& text) const {
    expect(runtime::write_file_at(expect(runtime::open_directory(directory_)), name, text));
  }

  // "pid limit name name ...": one line a birth, with everything that the keeper held.
  void write_birth() const {
    std::string line = std::to_string(::getpid()) + " " + std::to_string(limit_);
    for (const HeldDescriptor& held : holdings_.descriptors) line += " " + held.name;
    for (const HeldLog& log : holdings_.logs) line += " log:" + log.name;
    line += "\n";
    const FileDescriptor births(
        ::open((directory_ + "/births").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (::write(births.get(), line.data(), line.size()) < 0) std::exit(4);
  }

  void obey(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    std::string name;
    std::string argument;
    std::string last;
    words >> verb >> name >> argument >> last;
    if (verb == "run") start(name, argument, last);
    if (verb == "exit") start(name, {}, argument);
    if (verb == "hold")
      hold(name, FileDescriptor(::open(argument.c_str(), O_RDONLY | O_CLOEXEC)), {});
    if (verb == "watch") watch("pidfd:" + name);
    if (verb == "drop") expect(keeper_.drop(name));
    if (verb == "die") ::kill(::getpid(), SIGKILL);
    if (verb != "stop") return;
    expect(keeper_.stop());
    ::rmdir((arguments_[3] + "/" + arguments_[4]).c_str());
    std::exit(0);
  }

  void hold(const std::string& name, FileDescriptor descriptor,
            std::optional<runtime::ProcessIdentity> process) {
    expect(process ? keeper_.hold_child(name, *process, descriptor)
                   : keeper_.hold(name, descriptor));
    holdings_.descriptors.push_back(
        {.name = name, .descriptor = std::move(descriptor), .process = process});
  }

  void watch(const std::string& name) {
    for (const HeldDescriptor& held : holdings_.descriptors)
      if (held.name == name) expect(keeper_.watch(name, held.process.value(), held.descriptor));
  }

  [[nodiscard]] FileDescriptor make_fifo(const std::string& name) const {
    const std::string path = directory_ + "/" + name;
    if (::mkfifo(path.c_str(), 0600) < 0 && errno != EEXIST) std::exit(5);
    return FileDescriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  }

  void start(const std::string& name, const std::string& program, const std::string& argument) {
    FileDescriptor out = make_fifo(name + ".out");
    FileDescriptor err = make_fifo(name + ".err");
    FileDescriptor log = expect(runtime::ensure_directory(directory_ + "/" + name + ".log"));
    const orchestrator::LogLimits limits{.segment_size = 16384, .segments = 100'000};
    expect(keeper_.log(name, out, err, log, limits));
    // The child waits until its record is on disk, as containers do; our death ends the wait.
    std::array<int, 2> go{};
    if (::pipe2(go.data(), O_CLOEXEC) < 0) std::exit(6);
    auto child = expect(runtime::clone_process({.flags = CLONE_PARENT}));
    if (child.pid == 0) {
      ::close(go[1]);
      char byte = 0;
      if (::read(go[0], &byte, 1) != 1) ::_exit(126);
      if (program.empty()) ::_exit(std::atoi(argument.c_str()));
      // Descriptions of the container's own, as by a path: never those of the reader.
      ::dup2(::open((directory_ + "/" + name + ".out").c_str(), O_RDWR), STDOUT_FILENO);
      ::dup2(::open((directory_ + "/" + name + ".err").c_str(), O_RDWR), STDERR_FILENO);
      const char* const argv[] = {program.c_str(), argument.empty() ? nullptr : argument.c_str(),
                                  nullptr};
      ::execv(program.c_str(), const_cast<char* const*>(argv));
      ::_exit(127);
    }
    const FileDescriptor waits(go[0]);
    const FileDescriptor goes(go[1]);
    const auto identity = expect(runtime::identify(child.pid));
    hold("pidfd:" + name, std::move(child.pidfd), identity);
    holdings_.logs.push_back({.name = name,
                              .stdout_fifo = std::move(out),
                              .stderr_fifo = std::move(err),
                              .directory = std::move(log),
                              .limits = limits});
    write(name + ".process",
          std::to_string(child.pid) + " " + std::to_string(identity.start_time) + "\n");
    if (::write(goes.get(), "g", 1) != 1) std::exit(6);
  }

  int replace_keeper() {
    orchestrator::KeeperStart start{.layout = {.root = arguments_[2], .run = arguments_[3]},
                                    .project = schemas::ProjectName(arguments_[4]),
                                    .supervisor = {arguments_.begin(), arguments_.end()},
                                    .binary = expect(orchestrator::open_own_binary()),
                                    .holdings = std::move(holdings_),
                                    .respawn = {},
                                    .descriptor_limit = limit_};
    expect(orchestrator::start_keeper(start));
    return 0;
  }

  std::array<std::string, 5> arguments_;
  std::string directory_;
  KeeperClient keeper_;
  Holdings holdings_;
  std::uint64_t limit_{0};  // as we found it
};

}  // namespace

int main(int argc, char** argv) {
  auto keeper = KeeperClient::inherit();
  if (argc != 5 || !keeper) return 2;
  ::fcntl(keeper->descriptor().get(), F_SETFL, O_NONBLOCK);  // as an event loop does
  return FakeSupervisor({argv[0], argv[1], argv[2], argv[3], argv[4]}, std::move(*keeper)).run();
}
