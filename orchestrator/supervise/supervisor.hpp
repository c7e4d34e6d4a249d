// Supervisor: the loop of one project: look, decide, act, wait for a wake-up.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/execute/executor.hpp"
#include "orchestrator/execute/retry.hpp"
#include "orchestrator/reconcile/desired.hpp"
#include "orchestrator/supervise/api.hpp"
#include "orchestrator/supervise/desired_store.hpp"
#include "orchestrator/supervise/event_journal.hpp"
#include "orchestrator/supervise/event_loop.hpp"
#include "orchestrator/world/kernel_world.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/kernel_names.hpp"

namespace orchestrator {

class DnsNames;

// Decides nothing itself: reconcile() does. Keeps requests until they are settled. Everything that
// it refers to outlives it (run_supervisor's frame).
class Supervisor final : public ControlTarget {
 public:
  struct Parts {
    runtime::StateLayout layout;
    schemas::KernelNames names;
    EventLoop& loop;
    KernelWorld& world;
    EventJournal& journal;
    DnsNames& dns;
  };
  explicit Supervisor(Parts parts);

  // Goes on with what the project was last asked to be, if it ever was.
  [[nodiscard]] schemas::Result<> resume();

  // Until the project is gone or stopped, nobody has asked for anything, or `interrupted` is set by
  // a handler of the loop. An error is a bug or a machine that cannot be observed: the keeper
  // starts a new supervisor.
  [[nodiscard]] schemas::Result<> run(const bool& interrupted);

  // The project has come to its goal and its traces are removed: tells those who wait for it.
  void settle_goal(const std::string& failure);

  // What was asked for last.
  [[nodiscard]] std::optional<Goal> goal() const {
    return desired_ ? std::optional(desired_->goal) : std::nullopt;
  }

  schemas::Result<> submit(const ControlRequest& request, std::shared_ptr<EventSink> sink) override;
  [[nodiscard]] schemas::Node status() const override;

 private:
  // How a `down` or `stop` wants the project to end.
  struct Ending {
    Goal goal{Goal::Stopped};
    VolumeFate fate{VolumeFate::Keep};
    std::optional<schemas::Duration> grace;
  };

  // A client that waits for the end of its request.
  struct Waiting {
    std::shared_ptr<EventSink> sink;
    std::optional<WaitFor> wait;  // nothing: for the goal itself (down, stop)
    std::optional<schemas::Instant> deadline;
    std::uint64_t generation{0};
  };

  [[nodiscard]] schemas::Result<> take_on(const UpRequest& request,
                                          const std::shared_ptr<EventSink>& sink);
  template <typename T>
  [[nodiscard]] schemas::Result<> refuse(schemas::Result<T>& failed);
  [[nodiscard]] schemas::Result<> set_goal(const Ending& ending,
                                           const std::shared_ptr<EventSink>& sink);
  [[nodiscard]] schemas::Result<DesiredState> desired_from(const StoredDesire& desire) const;
  [[nodiscard]] schemas::Result<bool> look_and_act();  // whether anything was done
  [[nodiscard]] schemas::Result<> take_on_without_desire(const schemas::Error& reason);
  void warn(std::string text);
  void warn_of_foreign_firewall(const RunOutcome& outcome);
  void tell_states(const ObservedState& observed);
  void tell_orphans();
  void settle_waiting(const ObservedState& observed, schemas::Instant now);
  [[nodiscard]] bool is_over(const ObservedState& observed, schemas::Instant now) const;
  [[nodiscard]] std::optional<schemas::Instant> next_deadline() const;

  Parts parts_;
  Executor executor_;
  RetryBook retries_;
  std::optional<DesiredState> desired_;
  StoredDesire stored_;
  Plan plan_;  // the last one
  std::vector<Waiting> waiting_;
  std::map<schemas::ContainerName, std::string> told_states_;
  schemas::Instant looked_{};    // when the last look was
  std::uint64_t warned_of_{0};   // the generation whose firewall was compared with others
  schemas::Instant idle_until_;  // without a request by then there is nothing to supervise
  bool asked_{
      false};  // a request was taken on; what an earlier supervisor was asked does not count
  bool over_{false};
};

}  // namespace orchestrator
