// Respawn: the supervisor's life, as often as it takes.
#pragma once

#include <stdint.h>

#include "orchestrator/keeper/protocol.hpp"

namespace orchestrator {

struct Respawn {
  char* const* arguments;
  char* const* environment;
  uint64_t descriptor_limit_soft;  // as we found it: what supervisor and containers get
  uint64_t descriptor_limit_hard;
  int timer;        // of the next attempt
  int32_t pid;      // 0: not running
  int socket;       // our end; -1: not running
  int64_t started;  // CLOCK_MONOTONIC
  int64_t delay;    // of the last respawn
  int64_t settled_after;
  int64_t first_delay;
  int64_t longest_delay;
};

void set_delays(Respawn& respawn, const KeeperMessage& begin);

// Makes the socket pair and starts the supervisor, which begins unhindered by our signal mask and
// limits. A failure is like an early death: tried again after the delay.
void start_supervisor(Respawn& respawn);

// It is dead and its last messages have been read: starts the next one, at once or by the timer.
void bury_supervisor(Respawn& respawn);

}  // namespace orchestrator
