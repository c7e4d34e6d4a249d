// The loop, and what requests do to what is desired.
#include "orchestrator/supervise/supervisor.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "orchestrator/reconcile/reconcile.hpp"
#include "orchestrator/reconcile/teardown.hpp"
#include "orchestrator/supervise/dns_names.hpp"
#include "orchestrator/world/resolve_project.hpp"
#include "runtime/sys/clock.hpp"
#include "schemas/spec/load.hpp"

namespace orchestrator {

using schemas::ErrorKind;
using schemas::Event;
using schemas::EventKind;
using schemas::Instant;
using schemas::Node;
using schemas::Result;

namespace {

constexpr std::chrono::seconds kIdleWithoutRequest{10};
constexpr std::chrono::milliseconds kShortestPause{100};

// What people call a container's state: "running (healthy)", "exited with code 1".
std::string state_text(const schemas::ContainerStatus& status) {
  switch (status.state) {
    case schemas::ContainerState::Created:
      return "created";
    case schemas::ContainerState::Starting:
      return "starting";
    case schemas::ContainerState::Running:
      if (status.health.state == schemas::Health::Healthy) return "healthy";
      if (status.health.state == schemas::Health::Unhealthy) return "unhealthy";
      return "running";
    case schemas::ContainerState::Exited:
      if (status.exit && status.exit->out_of_memory) return "killed: out of memory";
      return fmt::format("exited with code {}", status.exit ? status.exit->code : 255);
    case schemas::ContainerState::FailedToStart:
      return "failed to start: " + status.failure;
  }
  std::unreachable();
}

std::optional<Instant> earlier(std::optional<Instant> left, std::optional<Instant> right) {
  if (!left) return right;
  if (!right) return left;
  return std::min(*left, *right);
}

}  // namespace

Supervisor::Supervisor(Parts parts)
    : parts_(std::move(parts)),
      executor_(
          parts_.world,
          [&journal = parts_.journal](Event event) { journal.tell(std::move(event)); },
          parts_.names.project),
      idle_until_(runtime::boot_now() + kIdleWithoutRequest) {}

Result<DesiredState> Supervisor::desired_from(const StoredDesire& desire) const {
  auto spec = schemas::read_spec_model(desire.model);
  if (!spec) {
    std::string all;
    for (const schemas::Finding& finding : spec.error()) all += describe(finding) + "\n";
    return schemas::fail(ErrorKind::Invalid, "the project's model cannot be read: {}", all);
  }
  auto desired = resolve_project(*spec, parts_.layout);
  if (!desired) return pass_up(desired);
  desired->goal = desire.goal;
  desired->volume_fate = desire.volume_fate;
  desired->generation = desire.generation;
  desired->asked_at = desire.asked_at;
  return desired;
}

Result<> Supervisor::resume() {
  auto stored = read_desire(parts_.layout, parts_.names.project);
  if (!stored) return take_on_without_desire(stored.error());
  if (!*stored) return {};
  stored_ = std::move(**stored);
  auto desired = desired_from(stored_);
  if (!desired) {
    // An image that was removed must not keep a running project from being taken down.
    warn(desired.error().text());
    desired_ = DesiredState{.names = parts_.names,
                            .goal = stored_.goal,
                            .volume_fate = stored_.volume_fate,
                            .generation = stored_.generation};
    if (desired_->goal == Goal::Running) desired_.reset();
    return {};
  }
  desired_ = std::move(*desired);
  return {};
}

// A damaged desired.json: whatever runs goes on until the next command says what it shall be. That
// command's generation must be above those of the containers, or it would not start them anew.
Result<> Supervisor::take_on_without_desire(const schemas::Error& reason) {
  warn(fmt::format("what {} shall be cannot be read ({}): it stays as it is until the next command",
                   parts_.names.project, reason.text()));
  auto observed = parts_.world.observe();
  if (!observed) return pass_up(observed, "look at {}", parts_.names.project);
  for (const auto& [name, status] : (*observed)->containers) {
    stored_.generation = std::max(stored_.generation, status.generation);
  }
  return {};
}

void Supervisor::warn(std::string text) {
  parts_.journal.tell({.kind = EventKind::Warning, .text = std::move(text)});
}

Result<> Supervisor::run(const bool& interrupted) {
  for (std::string& warning : parts_.world.take_warnings()) warn(std::move(warning));
  while (!over_ && !interrupted) {
    auto acted = look_and_act();
    if (!acted) return pass_up(acted);
    if (!*acted && !over_) parts_.loop.wait(next_deadline());
  }
  return {};
}

Result<bool> Supervisor::look_and_act() {
  auto observed = parts_.world.observe();
  if (!observed) return pass_up(observed, "look at {}", parts_.names.project);
  const Instant now = runtime::boot_now();
  looked_ = now;
  parts_.dns.update(**observed);
  tell_states(**observed);
  if (!desired_) {
    over_ = (*observed)->containers.empty() && now >= idle_until_;
    return false;
  }
  plan_ = retries_.allow(reconcile(*desired_, **observed, now), now);
  settle_waiting(**observed, now);
  if (is_over(**observed, now)) {
    over_ = true;
    return false;
  }
  const RunOutcome outcome = executor_.run(plan_);
  retries_.record(outcome, now);
  warn_of_foreign_firewall(outcome);
  return !outcome.done.empty() || !outcome.failures.empty();
}

// Docker drops what is forwarded by default. Nothing of ours is broken by that, so no step fails,
// and still the containers would not reach anybody.
void Supervisor::warn_of_foreign_firewall(const RunOutcome& outcome) {
  if (desired_->goal != Goal::Running || warned_of_ == desired_->generation) return;
  const bool applied = std::ranges::any_of(outcome.done, [](const Action& action) {
    return std::holds_alternative<ApplyFirewall>(action);
  });
  if (!applied) return;
  warned_of_ = desired_->generation;
  if (std::string text = parts_.world.foreign_drop_warning(); !text.empty()) warn(std::move(text));
}

std::optional<Instant> Supervisor::next_deadline() const {
  std::optional<Instant> next = plan_.look_again;
  const bool idles = !asked_ && (!desired_ || desired_->goal != Goal::Running);
  if (idles && idle_until_ > looked_) next = earlier(next, idle_until_);
  for (const Waiting& each : waiting_) next = earlier(next, each.deadline);
  // The last look knew of every deadline before it and did nothing about it; nor would the next.
  if (next && *next <= looked_) next = looked_ + kShortestPause;
  return next;
}

void Supervisor::tell_states(const ObservedState& observed) {
  for (const auto& [name, status] : observed.containers) {
    std::string text = state_text(status);
    std::string& told = told_states_[name];
    if (told == text) continue;
    told = text;
    if (status.state == schemas::ContainerState::Created) continue;  // the step said so
    parts_.journal.tell({.kind = EventKind::State, .subject = name.text, .text = std::move(text)});
  }
  std::erase_if(told_states_,
                [&](const auto& told) { return !observed.containers.contains(told.first); });
}

void Supervisor::settle_waiting(const ObservedState& observed, Instant now) {
  std::vector<Waiting> still;
  for (Waiting& each : waiting_) {
    if (!each.wait) {  // for the goal: is_over() and finish() settle it, or a later goal does
      still.push_back(std::move(each));
      continue;
    }
    if (desired_->goal != Goal::Running || each.generation != desired_->generation) {
      parts_.journal.settle(each.sink, desired_->goal == Goal::Running
                                           ? "an `up` with another project file took over"
                                           : "a `down` or `stop` took over");
      continue;
    }
    const WaitVerdict judged = verdict(*desired_, observed, plan_, *each.wait);
    if (judged.state == WaitVerdict::State::Ready) {
      parts_.journal.settle(each.sink, "");
    } else if (judged.state == WaitVerdict::State::Failed) {
      parts_.journal.settle(each.sink, judged.text);
    } else if (each.deadline && now >= *each.deadline) {
      std::string who;
      for (const auto& pending : judged.pending) {
        who += fmt::format("; {} {}", display_name(pending.container, parts_.names.project),
                           pending.reason);
      }
      parts_.journal.settle(each.sink, "the wait timed out" + who);
    } else {
      still.push_back(std::move(each));
    }
  }
  waiting_ = std::move(still);
}

bool Supervisor::is_over(const ObservedState& observed, Instant now) const {
  if (desired_->goal == Goal::Running || !plan_.empty()) return false;
  if (desired_->goal == Goal::Gone) return observed.containers.empty();
  // Started for a project that was stopped long ago: whoever started us is about to ask.
  if (!asked_ && now < idle_until_) return false;
  return std::ranges::none_of(observed.containers, [](const auto& each) {
    return each.second.state == schemas::ContainerState::Running ||
           each.second.state == schemas::ContainerState::Starting;
  });
}

void Supervisor::settle_goal(const std::string& failure) {
  for (const Waiting& each : waiting_) parts_.journal.settle(each.sink, failure);
  waiting_.clear();
}

Result<> Supervisor::submit(const ControlRequest& request, std::shared_ptr<EventSink> sink) {
  if (const auto* up = std::get_if<UpRequest>(&request)) return take_on(*up, sink);
  if (const auto* down = std::get_if<DownRequest>(&request)) {
    return set_goal({.goal = Goal::Gone, .fate = down->volumes, .grace = down->grace}, sink);
  }
  if (const auto* stop = std::get_if<StopRequest>(&request)) {
    return set_goal({.goal = stop->goal}, sink);
  }
  parts_.journal.listen(std::move(sink));
  return {};
}

template <typename T>
Result<> Supervisor::refuse(Result<T>& failed) {
  // A supervisor that was started for this request only has nothing to stay for.
  if (!asked_) idle_until_ = runtime::boot_now();
  parts_.loop.wake();
  return pass_up(failed);
}

Result<> Supervisor::take_on(const UpRequest& request, const std::shared_ptr<EventSink>& sink) {
  if (desired_ && desired_->goal == Goal::Gone) {
    return schemas::fail(ErrorKind::Busy, "{} is being taken down; try again when it is gone",
                         parts_.names.project);
  }
  const StoredDesire wanted{.model = request.model,
                            .goal = Goal::Running,
                            .generation = stored_.generation + 1,
                            .asked_at = runtime::boot_now()};
  auto desired = desired_from(wanted);
  if (!desired) return refuse(desired);
  if (desired->names.project != parts_.names.project) {
    return schemas::fail(ErrorKind::Invalid, "this is the supervisor of {}, not of {}",
                         parts_.names.project, desired->names.project);
  }
  // Before anything is remembered or touched: a refused `up` leaves the project as it was.
  auto ports = parts_.world.prepare(*desired);
  if (!ports) return refuse(ports);
  if (auto written = write_desire(parts_.layout, parts_.names.project, wanted); !written) {
    parts_.world.give_back(*ports);
    return refuse(written);
  }
  if (wanted.model == stored_.model) {
    // The same `up` twice at once: whoever waits already waits for the same thing.
    for (Waiting& each : waiting_) each.generation = wanted.generation;
  }
  asked_ = true;
  stored_ = wanted;
  desired_ = std::move(*desired);
  retries_.clear();
  Waiting waiting{.sink = sink, .wait = request.wait, .generation = wanted.generation};
  if (request.timeout) waiting.deadline = runtime::boot_now() + *request.timeout;
  waiting_.push_back(std::move(waiting));
  parts_.journal.listen(sink);
  tell_orphans();
  parts_.loop.wake();
  return {};
}

void Supervisor::tell_orphans() {
  auto observed = parts_.world.observe();
  if (!observed) return;  // the next look tells
  const std::string warning = orphan_warning(*desired_, **observed);
  if (!warning.empty()) parts_.journal.tell({.kind = EventKind::Warning, .text = warning});
}

Result<> Supervisor::set_goal(const Ending& ending, const std::shared_ptr<EventSink>& sink) {
  if (desired_ && desired_->goal == Goal::Gone && ending.goal != Goal::Gone) {
    return schemas::fail(ErrorKind::Busy, "{} is being taken down", parts_.names.project);
  }
  asked_ = true;
  if (!desired_) desired_ = DesiredState{.names = parts_.names};
  desired_->goal = ending.goal;
  desired_->volume_fate = ending.fate;
  desired_->grace = ending.grace;
  stored_.goal = ending.goal;
  stored_.volume_fate = ending.fate;
  retries_.clear();
  waiting_.push_back({.sink = sink, .wait = std::nullopt});
  parts_.journal.listen(sink);
  // A full disk must not keep a project from being stopped; to take it down may be the way to make
  // room. Only a supervisor after us would not know of this command.
  if (auto written = write_desire(parts_.layout, parts_.names.project, stored_); !written) {
    warn(written.error().text() + "; going on");
  }
  parts_.loop.wake();
  return {};
}

Node Supervisor::status() const {
  Node node = Node::mapping();
  node.set("version", Node::string(TUTTI_VERSION));
  node.set("pid", Node::number(::getpid()));
  node.set("project", Node::string(parts_.names.project.text));
  node.set("generation", Node::number(static_cast<std::int64_t>(stored_.generation)));
  Node steps = Node::sequence();
  for (const Step& step : plan_.steps) {
    Node item = Node::mapping();
    item.set("step", Node::string(describe(step.action, parts_.names.project)));
    item.set("reason", Node::string(step.reason));
    steps.add(std::move(item));
  }
  node.set("plan", std::move(steps));
  Node held = Node::sequence();
  for (const Held& each : plan_.held) {
    Node item = Node::mapping();
    item.set("container", Node::string(each.container.text));
    item.set("reason", Node::string(each.reason));
    held.add(std::move(item));
  }
  node.set("held", std::move(held));
  return node;
}

}  // namespace orchestrator
