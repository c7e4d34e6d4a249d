// Reads dependencies and their conditions.
#include "schemas/spec/parse/depends_on.hpp"

#include <algorithm>

namespace schemas {

namespace {

ServiceDependency parse_long(const Node::Entry& entry, const std::string& path,
                             Findings& findings) {
  ServiceDependency dependency{.service = ServiceName(entry.key)};
  const Section section(entry.value, path, keys::kDependency, findings);
  const auto condition = section.choice(
      "condition", {"service_started", "service_healthy", "service_completed_successfully"});
  if (section.find("condition") == nullptr) {
    section.refuse("condition", "missing",
                   "add service_started, service_healthy or service_completed_successfully");
  }
  if (condition == 1) dependency.condition = DependencyCondition::Healthy;
  if (condition == 2) dependency.condition = DependencyCondition::CompletedSuccessfully;
  dependency.required = section.boolean("required").value_or(true);
  dependency.restart = section.boolean("restart").value_or(false);
  return dependency;
}

}  // namespace

std::vector<ServiceDependency> parse_depends_on(const Section& service, Findings& findings) {
  std::vector<ServiceDependency> dependencies;
  const Node* node = service.find("depends_on");
  if (node == nullptr) return dependencies;
  if (node->kind == Node::Kind::Mapping) {
    for (const Node::Entry& entry : node->entries) {
      const std::string path = service.path("depends_on") + "." + entry.key;
      dependencies.push_back(parse_long(entry, path, findings));
    }
  } else if (node->kind == Node::Kind::Sequence) {
    for (const std::string& name : service.texts("depends_on")) {
      dependencies.push_back({.service = ServiceName(name)});
    }
  } else {
    service.refuse("depends_on", "must be a list or mapping of services");
  }
  const auto by_service = [](const auto& left, const auto& right) {
    return left.service < right.service;
  };
  std::stable_sort(dependencies.begin(), dependencies.end(), by_service);
  const auto twice = std::adjacent_find(
      dependencies.begin(), dependencies.end(),
      [](const auto& left, const auto& right) { return left.service == right.service; });
  if (twice != dependencies.end()) {
    service.refuse("depends_on", fmt::format("service `{}` is named twice", twice->service));
  }
  return dependencies;
}

}  // namespace schemas
