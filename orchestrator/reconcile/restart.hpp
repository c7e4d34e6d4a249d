// Restart policies: whether, when and after how long a wait an exited container runs again.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "schemas/vocabulary/status.hpp"

namespace orchestrator {

inline constexpr schemas::Duration kFirstBackoff{std::chrono::milliseconds{100}};
inline constexpr schemas::Duration kLongestBackoff{std::chrono::seconds{60}};
inline constexpr schemas::Duration kLongEnoughRun{std::chrono::seconds{10}};  // forgives the past

// The restart that follows an exit.
struct Restart {
  schemas::Instant at;
  std::uint32_t count{1};  // how many restarts there will have been with this one
  schemas::Duration backoff{0};
  std::string reason;  // "exited with code 1, restart policy always, attempt 2 after 200ms"
};

// The restart that the policy wants for an exited container; nothing when it stays as it is, also
// because somebody stopped it. A container whose exit nobody saw (reboot) does not wait.
[[nodiscard]] std::optional<Restart> next_restart(const schemas::RestartPolicy& policy,
                                                  const schemas::ContainerStatus& status);

// "always", "on-failure:3": as compose writes it.
[[nodiscard]] std::string describe(const schemas::RestartPolicy& policy);

// "exited with code 137 (out of memory)", "ended while nobody watched".
[[nodiscard]] std::string describe(const schemas::ExitStatus& exit);

}  // namespace orchestrator
