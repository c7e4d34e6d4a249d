// Endings: how a container comes to its end: the stop signal, the grace, SIGKILL, the discard.
#pragma once

#include <string>

#include "orchestrator/reconcile/draft.hpp"

namespace orchestrator {

enum class Ending : std::uint8_t { Ended, Underway };

// One step nearer to a container that does not run: nothing to do is Ended.
[[nodiscard]] Ending stop_container(Draft& draft, const schemas::ContainerStatus& status,
                                    const std::string& reason);

// The same without grace.
[[nodiscard]] Ending kill_container(Draft& draft, const schemas::ContainerStatus& status,
                                    const std::string& reason);

// Adds the discard of a container that has ended.
void discard_container(Draft& draft, const schemas::ContainerStatus& status, std::string reason);

// Ends what must be replaced and what is too many; fills draft.discarded.
void end_outdated(Draft& draft);

}  // namespace orchestrator
