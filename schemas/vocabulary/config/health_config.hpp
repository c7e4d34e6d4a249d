// How a container's health is probed (compose-spec "healthcheck", OCI image "Healthcheck").
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "schemas/vocabulary/quantities.hpp"

namespace schemas {

// One health check with its defaults filled in. A probe is a command inside the container.
struct HealthConfig {
  std::vector<std::string> command;  // argv; a CMD-SHELL test is already {"/bin/sh", "-c", text}
  Duration interval{std::chrono::seconds{30}};
  Duration timeout{std::chrono::seconds{30}};
  Duration start_period{0};
  Duration start_interval{std::chrono::seconds{5}};
  std::uint32_t retries{3};

  friend bool operator==(const HealthConfig&, const HealthConfig&) = default;
};

}  // namespace schemas
