// `ps`: the containers of a project, read from records and the kernel.
#include <algorithm>

#include "orchestrator/cli/chosen_containers.hpp"
#include "orchestrator/cli/commands.hpp"
#include "orchestrator/cli/project.hpp"
#include "orchestrator/cli/report.hpp"
#include "runtime/sys/clock.hpp"

namespace orchestrator {

ExitCode run_command(const GlobalOptions& global, const PsOptions& options) {
  auto project = find_project_name(global);
  if (!project) return schemas::pass_up(project);
  auto containers = choose_containers(layout_of(global), *project, options.services);
  if (!containers) return schemas::pass_up(containers);
  if (!options.all) {
    std::erase_if(*containers, [](const schemas::ContainerStatus& status) {
      const std::string state = state_word(status);
      return state != "running" && state != "restarting";
    });
  }
  const schemas::WallTime now = runtime::wall_now();
  if (options.quiet) {
    for (const auto& status : *containers) print(container_id(status) + "\n");
  } else if (options.format == OutputFormat::Json) {
    print(write_ps_json(*containers, now));
  } else {
    print(write_ps_table(*containers, now));
  }
  return exit_codes::kSuccess;
}

}  // namespace orchestrator
