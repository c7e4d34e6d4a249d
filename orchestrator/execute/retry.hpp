// RetryBook: keeps failed steps from being tried again at once, 1 s doubling to 30 s per subject.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "orchestrator/execute/executor.hpp"
#include "orchestrator/reconcile/plan.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace orchestrator {

inline constexpr schemas::Duration kFirstRetry{std::chrono::seconds{1}};
inline constexpr schemas::Duration kLongestRetry{std::chrono::seconds{30}};

// Between reconcile and Executor: run(book.allow(reconcile(...), now)), then book.record(...).
// After a run with failures look again at once: the next allowed plan says who is held and until
// when.
class RetryBook {
 public:
  // The plan without the steps that must wait, and without those that need them; their containers
  // are held instead, with the error as the reason, and look_again is early enough.
  [[nodiscard]] Plan allow(Plan plan, schemas::Instant now) const;

  // Learns from a run of an allowed plan.
  void record(const RunOutcome& outcome, schemas::Instant now);

  // A new command (up, stop, down) tries everything again at once.
  void clear() { entries_.clear(); }

 private:
  struct Entry {
    std::uint32_t failures{0};
    schemas::Instant not_before;
    std::string error;
  };
  class Sieve;

  std::map<std::string, Entry> entries_;
};

}  // namespace orchestrator
