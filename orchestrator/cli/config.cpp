// `config`: the project file as it was understood: merged, interpolated, in long form.
#include <set>

#include "orchestrator/cli/commands.hpp"
#include "orchestrator/cli/project.hpp"
#include "orchestrator/cli/report.hpp"
#include "schemas/spec/write.hpp"

namespace orchestrator {

ExitCode run_command(const GlobalOptions& global, const ConfigOptions& options) {
  auto spec = load_project(global);
  if (!spec) return schemas::pass_up(spec);
  if (options.quiet) return exit_codes::kSuccess;
  if (options.services) {
    for (const auto& [name, service] : spec->services) print(name.text + "\n");
    return exit_codes::kSuccess;
  }
  if (options.images) {
    std::set<std::string> images;
    for (const auto& [name, service] : spec->services) images.insert(service.image);
    for (const auto& image : images) print(image + "\n");
    return exit_codes::kSuccess;
  }
  const schemas::Node model = schemas::write_spec(*spec);
  print(options.format == OutputFormat::Json
            ? schemas::write_json(model, schemas::JsonLayout::Indented) + "\n"
            : schemas::write_yaml(model));
  return exit_codes::kSuccess;
}

}  // namespace orchestrator
