// KeeperClient: the supervisor's side of the socket to its keeper.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/sys/file_descriptor.hpp"
#include "runtime/sys/process.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

struct KeeperMessage;
struct ReceivedFromKeeper;
enum class KeeperVerb : std::uint32_t;

// How much of a container's output is kept.
struct LogLimits {
  std::uint64_t segment_size{20U << 20U};  // bytes
  std::uint32_t segments{5};
  friend bool operator==(const LogLimits&, const LogLimits&) = default;
};

// A descriptor in the keeper's hands. `process` is set for the pidfd of a process whose exit has
// not been journaled yet: the next keeper, which is not its parent, must watch it.
struct HeldDescriptor {
  std::string name;
  runtime::FileDescriptor descriptor;
  std::optional<runtime::ProcessIdentity> process;
};

// A log that the keeper writes.
struct HeldLog {
  std::string name;
  runtime::FileDescriptor stdout_fifo;
  runtime::FileDescriptor stderr_fifo;
  runtime::FileDescriptor directory;
  LogLimits limits;
};

struct Holdings {
  std::vector<HeldDescriptor> descriptors;
  std::vector<HeldLog> logs;
};

// What the keeper says unasked. Wake-ups: what happened is read from journal, log and kernel.
struct ExitJournaled {
  runtime::ProcessIdentity process;
};
struct KeeperRefused {
  std::string name;
  schemas::Error error;
};
struct KeeperGone {};  // and its lock with it: start another one (keeper_start.hpp)
using KeeperNews = std::variant<ExitJournaled, KeeperRefused, KeeperGone>;

// Requests are sent and not waited for, except list() and stop(); a refusal comes as news. Names
// have 1 to 95 bytes. The keeper takes duplicates: the caller keeps its own descriptors.
class KeeperClient {
 public:
  // The socket that the keeper gave this process at birth. NotFound: not started by a keeper.
  static schemas::Result<KeeperClient> inherit();
  explicit KeeperClient(runtime::FileDescriptor socket) : socket_(std::move(socket)) {}

  schemas::Result<> hold(std::string_view name, const runtime::FileDescriptor& descriptor);
  schemas::Result<> drop(std::string_view name);

  // A child of the keeper, which reaps it and journals its exit anyway; the keeper remembers who it
  // is for those who come after us.
  schemas::Result<> hold_child(std::string_view name, const runtime::ProcessIdentity& process,
                               const runtime::FileDescriptor& pidfd);

  // A process that may not be the keeper's child (adopted after a keeper died): its exit is
  // journaled as well. The pidfd is held under the name as by hold().
  schemas::Result<> watch(std::string_view name, const runtime::ProcessIdentity& process,
                          const runtime::FileDescriptor& pidfd);

  // At every start of a container: both FIFOs opened O_RDWR, the log directory O_RDONLY. Ends the
  // unfinished lines of the run before. A log of the same name is ended first.
  schemas::Result<> log(std::string_view name, const runtime::FileDescriptor& stdout_fifo,
                        const runtime::FileDescriptor& stderr_fifo,
                        const runtime::FileDescriptor& directory, const LogLimits& limits = {});
  schemas::Result<> end_log(std::string_view name);

  // Everything the keeper holds. News that comes in between is kept: call receive() afterwards.
  schemas::Result<Holdings> list();

  // The keeper lets go of everything, removes its files (lock, exits) and ends; waits for its word.
  schemas::Result<> stop();

  [[nodiscard]] const runtime::FileDescriptor& descriptor() const { return socket_; }
  [[nodiscard]] schemas::Result<std::vector<KeeperNews>> receive();  // what is there; never waits

 private:
  schemas::Result<> send(KeeperVerb verb, std::string_view name, KeeperMessage message,
                         std::span<const int> descriptors);
  schemas::Result<ReceivedFromKeeper> await_answer();

  runtime::FileDescriptor socket_;
  runtime::FileDescriptor keeper_;  // pidfd; empty when it was gone before we looked
  std::vector<KeeperNews> news_;
};

}  // namespace orchestrator
