// What a project was last asked to be, on disk: what a new supervisor goes on with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "orchestrator/reconcile/desired.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace orchestrator {

// The last request in force.
struct StoredDesire {
  std::string model;  // the Spec as JSON text
  Goal goal{Goal::Running};
  VolumeFate volume_fate{VolumeFate::Keep};
  std::uint64_t generation{0};
  schemas::Instant asked_at;  // when that generation was asked for
};

// desired.json of the project.
[[nodiscard]] schemas::Result<> write_desire(const runtime::StateLayout& layout,
                                             const schemas::ProjectName& project,
                                             const StoredDesire& desire);

// Nothing when the project was never asked for.
[[nodiscard]] schemas::Result<std::optional<StoredDesire>> read_desire(
    const runtime::StateLayout& layout, const schemas::ProjectName& project);

}  // namespace orchestrator
