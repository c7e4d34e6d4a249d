// How many descriptors this process may have: the soft RLIMIT_NOFILE.
#pragma once

#include <cstdint>

namespace runtime {

[[nodiscard]] std::uint64_t soft_descriptor_limit();

// As many as the hard limit allows; returns the soft limit that was there before, for programs that
// are executed: select(2) breaks with more than 1024, and some programs close all that could be.
[[nodiscard]] std::uint64_t raise_descriptor_limit();

// For a child before its exec; a limit above the hard one changes nothing. Async-signal-safe.
void restore_descriptor_limit(std::uint64_t soft) noexcept;

}  // namespace runtime
