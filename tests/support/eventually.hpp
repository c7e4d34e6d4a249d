// eventually(check, deadline): waits for a condition of the outside world, for kernel and walk
// tests.
#pragma once

#include <chrono>
#include <functional>

namespace tests {

// True as soon as `check` is; false when the deadline passed first. Where the kernel gives no event
// to wait for (a link that is deleted asynchronously, a file of another process) a test has to look
// again: it does so on the ticks of a timerfd of 2 ms, so the wait is bounded and never longer than
// needed. Product code has no such thing.
[[nodiscard]] bool eventually(const std::function<bool()>& check,
                              std::chrono::milliseconds deadline = std::chrono::seconds(5));

}  // namespace tests
