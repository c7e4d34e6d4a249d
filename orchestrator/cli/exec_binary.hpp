// `exec` runs from a read-only view of our own binary before it goes near a container.
#pragma once

#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

// Returns when this process runs from a read-only mount; else it executes itself once more from
// one, with the same words. Until a process that we clone into a container has executed its
// program, its /proc/self/exe is ours: there it must not be open to a writer (CVE-2019-5736).
[[nodiscard]] schemas::Result<> ensure_read_only_binary();

}  // namespace orchestrator
