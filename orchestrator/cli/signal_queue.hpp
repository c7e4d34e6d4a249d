// SignalQueue: signals as something to poll for, instead of something that interrupts.
#pragma once

#include <signal.h>

#include <initializer_list>
#include <optional>

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

// From its opening on, these signals wait to be taken. They are blocked for the whole process (and
// whom it starts: see UnblockedSignals), until the end.
class SignalQueue {
 public:
  static schemas::Result<SignalQueue> open(std::initializer_list<int> signals);

  [[nodiscard]] const runtime::FileDescriptor& descriptor() const { return descriptor_; }
  [[nodiscard]] std::optional<int> take();  // never waits

 private:
  explicit SignalQueue(runtime::FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}
  runtime::FileDescriptor descriptor_;
};

// No signal is blocked while it lives: a process started in here gets a clean mask.
class UnblockedSignals {
 public:
  UnblockedSignals();
  UnblockedSignals(const UnblockedSignals&) = delete;
  UnblockedSignals& operator=(const UnblockedSignals&) = delete;
  ~UnblockedSignals();

 private:
  sigset_t before_{};
};

}  // namespace orchestrator
