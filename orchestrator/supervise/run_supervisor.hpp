// run_supervisor: the process that the keeper starts, from its inherited socket to its exit code.
#pragma once

#include <string>

#include "schemas/vocabulary/names.hpp"

namespace orchestrator {

// How the keeper starts a supervisor: `tutti supervise --root R --run D --project P`.
struct SuperviseOptions {
  std::string root;
  std::string run;
  schemas::ProjectName project;
};

// Runs until the project is gone or has been stopped; returns the exit code of the process. The
// keeper's socket is inherited (see keeper_client.hpp).
int run_supervisor(const SuperviseOptions& options);

}  // namespace orchestrator
