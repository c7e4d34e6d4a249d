// WaitVerdict: whether an `up` has got what it waits for, not yet, or never will.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/reconcile/desired.hpp"
#include "orchestrator/reconcile/observed.hpp"
#include "orchestrator/reconcile/plan.hpp"

namespace orchestrator {

// `up -d` waits until all have been started, `up --wait` until all run and are healthy; services
// that others need as completed are ready when they exited with code 0.
enum class WaitFor : std::uint8_t { Started, Healthy };

struct WaitVerdict {
  enum class State : std::uint8_t { Pending, Ready, Failed };
  struct Pending {
    schemas::ContainerName container;
    std::string reason;  // "waits for db-1 to be healthy"
    friend bool operator==(const Pending&, const Pending&) = default;
  };
  State state{State::Ready};
  std::vector<Pending> pending;  // sorted by container
  std::string text;              // Failed: "dependency failed to start: db-1 is unhealthy"
};

// `plan` is reconcile's for the same state, after RetryBook::allow.
[[nodiscard]] WaitVerdict verdict(const DesiredState& desired, const ObservedState& observed,
                                  const Plan& plan, WaitFor wait_for);

}  // namespace orchestrator
