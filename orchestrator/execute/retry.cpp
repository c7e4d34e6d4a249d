// RetryBook: how long each failed subject is left alone.
#include "orchestrator/execute/retry.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace orchestrator {
namespace {

using schemas::Duration;
using schemas::Instant;

// Lost races for a subnet that are tried again at once, on another subnet, before it is a failure.
constexpr std::uint32_t kLostRaces = 5;
constexpr Duration kForgiven{std::chrono::minutes{2}};
constexpr std::uint32_t kMostDoublings = 5;  // 32 s: beyond kLongestRetry

// Probes are kept apart: a failing one must not hold up the container that it probes.
std::string key_of(const Action& action) {
  const bool probe =
      std::holds_alternative<StartProbe>(action) || std::holds_alternative<KillProbe>(action);
  return (probe ? "probe of " : "") + subject_of(action);
}

Duration delay_after(std::uint32_t failures) {
  const std::uint32_t doublings = std::min(failures - 1, kMostDoublings);
  return std::min(kFirstRetry * (std::int64_t{1} << doublings), kLongestRetry);
}

bool is_lost_race(const StepFailure& failure, std::uint32_t failures) {
  return std::holds_alternative<CreateNetwork>(failure.action) &&
         failure.error.kind() == schemas::ErrorKind::Conflict && failures <= kLostRaces;
}

// The container that the step would have brought nearer to running.
std::optional<schemas::ContainerName> container_of(const Action& action) {
  const bool about_container = std::holds_alternative<CreateContainer>(action) ||
                               std::holds_alternative<StartContainer>(action) ||
                               std::holds_alternative<AttachEndpoint>(action) ||
                               std::holds_alternative<StopContainer>(action) ||
                               std::holds_alternative<KillContainer>(action) ||
                               std::holds_alternative<DiscardContainer>(action);
  if (!about_container) return std::nullopt;
  return schemas::ContainerName(subject_of(action));
}

}  // namespace

// Takes a plan apart: what may be done now, and who is held because of what may not.
class RetryBook::Sieve {
 public:
  Sieve(const std::map<std::string, Entry>& entries, Instant now) {
    for (const auto& [key, entry] : entries) {
      if (entry.not_before > now) waiting_.emplace(key, &entry);
    }
  }

  [[nodiscard]] bool lets_all_through() const { return waiting_.empty(); }

  std::vector<Step> sift(std::vector<Step> steps) {
    std::vector<Step> allowed;
    for (Step& step : steps) {
      const Entry* cause = cause_of(step);
      if (cause == nullptr) {
        allowed.push_back(std::move(step));
      } else {
        keep_back(step, *cause);
      }
    }
    return allowed;
  }

  void amend(Plan& plan) const {
    std::erase_if(plan.held, [&](const Held& held) { return held_.contains(held.container); });
    for (const auto& [name, held] : held_) plan.held.push_back(held);
    if (earliest_ && (!plan.look_again || *earliest_ < *plan.look_again)) {
      plan.look_again = earliest_;
    }
  }

 private:
  [[nodiscard]] const Entry* cause_of(const Step& step) const {
    if (const auto own = waiting_.find(key_of(step.action)); own != waiting_.end()) {
      return own->second;
    }
    for (const std::string& need : step.needs) {
      if (const auto found = waiting_.find(need); found != waiting_.end()) return found->second;
    }
    return nullptr;
  }

  void keep_back(const Step& step, const Entry& cause) {
    waiting_.try_emplace(key_of(step.action), &cause);
    earliest_ = earliest_ ? std::min(*earliest_, cause.not_before) : cause.not_before;
    const auto container = container_of(step.action);
    if (!container) return;
    held_.insert_or_assign(
        *container,
        Held{.container = *container,
             .reason = fmt::format("{}; try {} follows after {}", cause.error, cause.failures + 1,
                                   schemas::write_duration(delay_after(cause.failures))),
             .failed = true});
  }

  std::map<std::string, const Entry*> waiting_;
  std::map<schemas::ContainerName, Held> held_;
  std::optional<Instant> earliest_;
};

Plan RetryBook::allow(Plan plan, Instant now) const {
  Sieve sieve(entries_, now);
  if (sieve.lets_all_through()) return plan;
  plan.steps = sieve.sift(std::move(plan.steps));
  plan.probes = sieve.sift(std::move(plan.probes));
  sieve.amend(plan);
  return plan;
}

void RetryBook::record(const RunOutcome& outcome, Instant now) {
  for (const Action& action : outcome.done) entries_.erase(key_of(action));
  std::erase_if(entries_,
                [&](const auto& entry) { return entry.second.not_before + kForgiven < now; });
  for (const StepFailure& failure : outcome.failures) {
    Entry& entry = entries_[key_of(failure.action)];
    ++entry.failures;
    entry.error = failure.error.text();
    const bool at_once = is_lost_race(failure, entry.failures);
    entry.not_before = at_once ? now : now + delay_after(entry.failures);
  }
}

}  // namespace orchestrator
