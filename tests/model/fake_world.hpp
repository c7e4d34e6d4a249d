// FakeWorld: a machine as a map in memory, with a clock, scripted programs and scripted failures.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/execute/world.hpp"

namespace tests {

using schemas::ContainerName;
using schemas::Duration;
using schemas::Instant;

// How one container's program behaves.
struct Program {
  std::optional<Duration> runs_for;  // none: until it is stopped
  int exit_code{0};
  std::string cannot_start{};  // exec's failure, in words
  Duration healthy_after{0};   // probes begun earlier fail
  Duration probe_takes{std::chrono::milliseconds{1}};
  bool ignores_stop{false};
  Duration stops_after{std::chrono::milliseconds{5}};
};

// Time passes only when a test says so. Every action that a machine would not allow, or that
// touches what is not the project's, is written down in `violations`.
class FakeWorld final : public orchestrator::World {
 public:
  schemas::Result<const orchestrator::ObservedState*> observe() override;
  schemas::Result<schemas::Change> perform(const orchestrator::Action& action) override;

  void advance(Duration duration) { advance_to(now_ + duration); }
  void advance_to(Instant moment);
  // The next moment at which something happens by itself.
  [[nodiscard]] std::optional<Instant> next_event() const;
  [[nodiscard]] Instant now() const { return now_; }

  Program& program(const std::string& container) { return programs_[ContainerName(container)]; }
  // The next `times` actions whose text begins so fail.
  void fail_next(std::string beginning, int times,
                 schemas::ErrorKind kind = schemas::ErrorKind::Failed);
  void kill(const std::string& container, int code = 137);

  orchestrator::ObservedState state;  // for tests to spoil
  std::vector<std::string> done;      // describe() of what succeeded
  std::vector<std::string> violations;
  std::function<void()> after_each_action;  // may throw, to cut a run short

 private:
  friend struct FakePerformer;
  struct Timed {
    Instant at;
    std::function<void()> happen;
  };
  void later(Duration duration, std::function<void()> happen);
  void expect(bool holds, const std::string& otherwise);  // NOLINT: a condition, as in assert
  void exit(const ContainerName& container, std::uint64_t run, int code);

  Instant now_{std::chrono::hours{1}};
  std::map<ContainerName, Program> programs_;
  std::map<ContainerName, std::uint64_t> runs_;  // counts starts: a timer of an earlier run is void
  std::vector<Timed> timeline_;
  struct Failure {
    std::string beginning;
    int times;
    schemas::ErrorKind kind;
  };
  std::vector<Failure> failures_;
};

}  // namespace tests
