// The order among containers: Kahn's algorithm, always taking the first free name.
#include "orchestrator/reconcile/order.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include "orchestrator/reconcile/replica.hpp"

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

using Services = std::map<std::string, std::vector<ContainerName>, std::less<>>;

Services observed_services(const ObservedState& observed) {
  Services services;
  for (const auto& [name, status] : observed.containers) {
    const auto label = status.config.labels.find(kServiceLabel);
    if (label != status.config.labels.end()) services[label->second].push_back(name);
  }
  return services;
}

// "db:service_healthy:false,cache:service_started:false" -> the containers of db and cache.
std::vector<ContainerName> labelled_dependencies(const schemas::ContainerConfig& config,
                                                 const Services& services) {
  std::vector<ContainerName> names;
  const auto label = config.labels.find(kDependsLabel);
  if (label == config.labels.end()) return names;
  std::string_view rest = label->second;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view service = rest.substr(0, rest.find_first_of(":,"));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const auto found = services.find(service);
    if (found == services.end()) continue;
    names.insert(names.end(), found->second.begin(), found->second.end());
  }
  return names;
}

// Whether `from` is among the direct or indirect dependents of `of`.
bool is_dependent(const Dependents& dependents, const ContainerName& from,
                  const ContainerName& of) {
  std::vector<ContainerName> next{of};
  std::set<ContainerName> seen;
  while (!next.empty()) {
    const ContainerName name = next.back();
    next.pop_back();
    if (name == from) return true;
    const auto found = dependents.find(name);
    if (found == dependents.end() || !seen.insert(name).second) continue;
    next.insert(next.end(), found->second.begin(), found->second.end());
  }
  return false;
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

Dependents stop_dependents(const DesiredState& desired, const ObservedState& observed) {
  Dependents dependents;
  const Services services = observed_services(observed);
  for (const auto& [name, status] : observed.containers) {
    std::vector<ContainerName> on;
    const auto wanted = desired.containers.find(name);
    if (wanted == desired.containers.end()) {
      on = labelled_dependencies(status.config, services);
    } else {
      for (const Dependency& dependency : wanted->second.dependencies) {
        on.push_back(dependency.container);
      }
    }
    for (const ContainerName& dependency : on) {
      if (is_dependent(dependents, dependency, name)) continue;
      dependents[dependency].push_back(name);
    }
  }
  return dependents;
}

}  // namespace orchestrator
