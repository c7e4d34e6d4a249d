// Containers as `ps` shows them: docker compose's columns and JSON fields. Pure.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/reconcile/observed.hpp"
#include "schemas/vocabulary/status.hpp"

namespace orchestrator {

// The words of docker's State: created, running, restarting, exited, dead (it failed to start).
[[nodiscard]] std::string state_word(const schemas::ContainerStatus& status);

// "Up 3 minutes (healthy)", "Exited (1) 2 hours ago", "Restarting (1) 2 seconds ago".
[[nodiscard]] std::string status_text(const schemas::ContainerStatus& status,
                                      schemas::WallTime now);

// Twelve hex digits that stay the same as long as the container does.
[[nodiscard]] std::string container_id(const schemas::ContainerStatus& status);

// The value of com.docker.compose.service.
[[nodiscard]] std::string service_of(const schemas::ContainerStatus& status);

// True when no policy starts it again by itself: `up` need not wait for it any longer.
[[nodiscard]] bool has_ended_for_good(const schemas::ContainerStatus& status);

using ContainerList = std::vector<schemas::ContainerStatus>;

[[nodiscard]] std::string write_ps_table(const ContainerList& containers, schemas::WallTime now);
// One object a line.
[[nodiscard]] std::string write_ps_json(const ContainerList& containers, schemas::WallTime now);

}  // namespace orchestrator
