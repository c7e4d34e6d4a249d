// Health: when the next probe is due, and what a probe's result makes of a container's health.
#pragma once

#include <optional>

#include "schemas/vocabulary/config/health_config.hpp"
#include "schemas/vocabulary/status.hpp"

namespace orchestrator {

//              exit 0                      `retries` failures in a row
//  Starting ──────────▶ Healthy ◀───────────────────────────────▶ Unhealthy
//     │                                 exit 0
//     └─ failures of probes begun within start_period do not count
//
// A container's health at its start.
[[nodiscard]] schemas::HealthStatus first_health(
    const std::optional<schemas::HealthConfig>& config);

// The health after one more result; `container_started` is the container's last start.
[[nodiscard]] schemas::HealthStatus after_probe(const schemas::HealthStatus& before,
                                                const schemas::HealthConfig& config,
                                                const schemas::ProbeResult& result,
                                                schemas::Instant container_started);

// What is next for the probes of a running container, and from when on.
enum class ProbeMove : std::uint8_t { Start, Kill };
struct ProbeDue {
  ProbeMove move{ProbeMove::Start};
  schemas::Instant at;
  friend bool operator==(const ProbeDue&, const ProbeDue&) = default;
};
[[nodiscard]] ProbeDue next_probe(const schemas::HealthStatus& health,
                                  const schemas::HealthConfig& config,
                                  schemas::Instant container_started);

}  // namespace orchestrator
