// `supervise`: what the keeper starts; not for people.
#include "orchestrator/cli/commands.hpp"

namespace orchestrator {

ExitCode run_command(const GlobalOptions&, const SuperviseOptions& options) {
  return run_supervisor(options);
}

}  // namespace orchestrator
