// `version`: which program this is.
#include "orchestrator/cli/commands.hpp"
#include "orchestrator/cli/report.hpp"

namespace orchestrator {

ExitCode run_command(const GlobalOptions&, const VersionOptions& options) {
  if (options.short_text) {
    print(TUTTI_VERSION "\n");
  } else if (options.format == OutputFormat::Json) {
    print("{\"version\":\"" TUTTI_VERSION "\"}\n");
  } else {
    print("tutti version " TUTTI_VERSION "\n");
  }
  return exit_codes::kSuccess;
}

}  // namespace orchestrator
