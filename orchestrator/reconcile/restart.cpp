// Restart policies with Docker's back-off: 100 ms doubling to 60 s, forgiven by a run of 10 s.
#include "orchestrator/reconcile/restart.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace orchestrator {
namespace {

using schemas::ContainerStatus;
using schemas::Duration;
using schemas::RestartMode;
using schemas::RestartPolicy;

bool wants_restart(const RestartPolicy& policy, const ContainerStatus& status) {
  switch (policy.mode) {
    case RestartMode::No:
      return false;
    case RestartMode::Always:
    case RestartMode::UnlessStopped:
      return true;
    case RestartMode::OnFailure:
      return status.exit->code != 0 &&
             (policy.max_attempts == 0 || status.restart_count < policy.max_attempts);
  }
  return false;
}

Duration next_backoff(const ContainerStatus& status) {
  if (!status.exit->known) return Duration{0};
  if (status.finished - status.started >= kLongEnoughRun) return kFirstBackoff;
  if (status.backoff <= Duration{0}) return kFirstBackoff;
  return std::min(status.backoff * 2, kLongestBackoff);
}

}  // namespace

std::optional<Restart> next_restart(const RestartPolicy& policy, const ContainerStatus& status) {
  if (status.state != schemas::ContainerState::Exited || !status.exit || status.stop_wanted ||
      !wants_restart(policy, status)) {
    return std::nullopt;
  }
  const Duration backoff = next_backoff(status);
  Restart restart{.at = status.exit->known ? status.finished + backoff : schemas::Instant{},
                  .count = status.restart_count + 1,
                  .backoff = backoff,
                  .reason = {}};
  restart.reason = fmt::format("{}, restart policy {}, attempt {}", describe(*status.exit),
                               describe(policy), restart.count);
  if (backoff > Duration{0}) restart.reason += " after " + schemas::write_duration(backoff);
  return restart;
}

std::string describe(const RestartPolicy& policy) {
  switch (policy.mode) {
    case RestartMode::No:
      return "no";
    case RestartMode::Always:
      return "always";
    case RestartMode::UnlessStopped:
      return "unless-stopped";
    case RestartMode::OnFailure:
      break;
  }
  if (policy.max_attempts == 0) return "on-failure";
  return fmt::format("on-failure:{}", policy.max_attempts);
}

std::string describe(const schemas::ExitStatus& exit) {
  if (!exit.known) return "ended while nobody watched";
  return fmt::format("exited with code {}{}", exit.code,
                     exit.out_of_memory ? " (out of memory)" : "");
}

}  // namespace orchestrator
