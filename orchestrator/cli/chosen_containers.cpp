// Services are known by their containers' labels, so no project file is needed.
#include "orchestrator/cli/chosen_containers.hpp"

#include <algorithm>

#include "orchestrator/cli/nearest_word.hpp"
#include "orchestrator/world/observe_project.hpp"

namespace orchestrator {

using schemas::Result;

Result<ContainerList> choose_containers(const runtime::StateLayout& layout,
                                        const schemas::ProjectName& project,
                                        const std::vector<std::string>& services) {
  auto observed = observe_containers(layout, project);
  if (!observed) return pass_up(observed);
  ContainerList chosen;
  std::vector<std::string> known;
  for (auto& [name, status] : *observed) {
    known.push_back(service_of(status));
    const bool wanted = services.empty() ||
                        std::find(services.begin(), services.end(), known.back()) != services.end();
    if (wanted) chosen.push_back(std::move(status));
  }
  for (const auto& service : services) {
    if (std::find(known.begin(), known.end(), service) != known.end()) continue;
    const auto nearest = nearest_word(service, known);
    return schemas::fail(schemas::ErrorKind::NotFound, "no such service: {}{}", service,
                         nearest ? "; did you mean " + *nearest + "?" : "");
  }
  return chosen;
}

}  // namespace orchestrator
