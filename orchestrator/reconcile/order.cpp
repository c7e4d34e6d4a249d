// The order among containers: Kahn's algorithm, always taking the first free name.
#include "orchestrator/reconcile/order.hpp"

#include <set>

namespace orchestrator {
namespace {

using schemas::ContainerName;

struct Graph {
  std::map<ContainerName, std::size_t> waits;  // on how many it still waits
  std::map<ContainerName, std::vector<ContainerName>> dependents;
};

Graph graph_of(const DesiredState& desired) {
  Graph graph;
  for (const auto& [name, container] : desired.containers) {
    graph.waits[name] = 0;
    for (const Dependency& dependency : container.dependencies) {
      if (!desired.containers.contains(dependency.container)) continue;
      ++graph.waits[name];
      graph.dependents[dependency.container].push_back(name);
    }
  }
  return graph;
}

}  // namespace

std::vector<ContainerName> start_order(const DesiredState& desired) {
  Graph graph = graph_of(desired);
  std::set<ContainerName> free;
  for (const auto& [name, count] : graph.waits) {
    if (count == 0) free.insert(name);
  }
  std::vector<ContainerName> order;
  while (!free.empty()) {
    const ContainerName next = *free.begin();
    free.erase(free.begin());
    graph.waits.erase(next);
    order.push_back(next);
    for (const ContainerName& dependent : graph.dependents[next]) {
      if (--graph.waits[dependent] == 0) free.insert(dependent);
    }
  }
  for (const auto& [name, count] : graph.waits) order.push_back(name);
  return order;
}

}  // namespace orchestrator
