// Docker's health rules as a pure state machine (moby, "healthcheck").
#include "orchestrator/reconcile/health.hpp"

#include <algorithm>

namespace orchestrator {
namespace {

using schemas::Duration;
using schemas::Health;
using schemas::HealthConfig;
using schemas::HealthStatus;
using schemas::Instant;
using schemas::ProbeResult;

constexpr std::size_t kKeptResults = 5;

bool within_start_period(const HealthConfig& config, Instant moment, Instant container_started) {
  return moment - container_started < config.start_period;
}

}  // namespace

HealthStatus first_health(const std::optional<HealthConfig>& config) {
  return HealthStatus{.state = config ? Health::Starting : Health::None,
                      .failing_streak = 0,
                      .probe_started = std::nullopt,
                      .log = {}};
}

HealthStatus after_probe(const HealthStatus& before, const HealthConfig& config,
                         const ProbeResult& result, Instant container_started) {
  HealthStatus after = before;
  after.probe_started.reset();
  after.log.push_back(result);
  if (after.log.size() > kKeptResults) after.log.erase(after.log.begin());
  if (result.exit_code == 0) {
    after.state = Health::Healthy;
    after.failing_streak = 0;
    return after;
  }
  const bool forgiven = before.state == Health::Starting &&
                        within_start_period(config, result.started, container_started);
  if (forgiven) return after;
  ++after.failing_streak;
  if (after.failing_streak >= std::max(config.retries, 1U)) after.state = Health::Unhealthy;
  return after;
}

ProbeDue next_probe(const HealthStatus& health, const HealthConfig& config,
                    Instant container_started) {
  if (health.probe_started) {
    return {.move = ProbeMove::Kill, .at = *health.probe_started + config.timeout};
  }
  // Results of an earlier run of the container do not count: a restart begins anew.
  const Instant base =
      health.log.empty() ? container_started : std::max(health.log.back().ended, container_started);
  const bool early =
      health.state == Health::Starting && within_start_period(config, base, container_started);
  return {.move = ProbeMove::Start, .at = base + (early ? config.start_interval : config.interval)};
}

}  // namespace orchestrator
