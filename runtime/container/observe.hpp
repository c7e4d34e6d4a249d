// What a container looks like now: its record, held against the kernel.
#pragma once

#include <optional>

#include "runtime/container/record.hpp"
#include "schemas/vocabulary/status.hpp"

namespace runtime {

// Pure: the status that a record tells of, before the kernel was asked.
[[nodiscard]] schemas::ContainerStatus status_of(const ContainerRecord& record);

// The status by record and kernel: a process that is gone makes it Exited with an unknown code,
// which whoever owns the exit journal replaces by the true one.
[[nodiscard]] schemas::ContainerStatus observe_container(const ContainerRecord& record);

}  // namespace runtime
