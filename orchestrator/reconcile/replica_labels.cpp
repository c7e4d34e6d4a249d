// The labels that IDEs, log shippers and test libraries look for on compose's containers.
#include <array>

#include <fmt/format.h>

#include "orchestrator/reconcile/replica.hpp"

namespace orchestrator {
namespace {

constexpr const char* kDirectoryLabel = "com.docker.compose.project.working_dir";
constexpr const char* kFilesLabel = "com.docker.compose.project.config_files";
constexpr const char* kVersionLabel = "com.docker.compose.version";

// Of the label set, not of tutti: a newer tutti must not recreate a single container.
constexpr const char* kLabelsVersion = "2";

std::string_view condition_text(schemas::DependencyCondition condition) {
  switch (condition) {
    case schemas::DependencyCondition::Started:
      return "service_started";
    case schemas::DependencyCondition::Healthy:
      return "service_healthy";
    case schemas::DependencyCondition::CompletedSuccessfully:
      return "service_completed_successfully";
  }
  return "";
}

// "db:service_healthy:false,cache:service_started:true"
std::string depends_text(const schemas::Service& service) {
  std::string text;
  for (const schemas::ServiceDependency& dependency : service.depends_on) {
    if (!text.empty()) text += ',';
    text += fmt::format("{}:{}:{}", dependency.service, condition_text(dependency.condition),
                        dependency.restart ? "true" : "false");
  }
  return text;
}

}  // namespace

std::map<std::string, std::string> replica_labels(const Replica& replica) {
  std::map<std::string, std::string> labels{
      {"com.docker.compose.project", replica.spec.name.text},
      {kServiceLabel, replica.service.name.text},
      {kNumberLabel, fmt::to_string(replica.number)},
      {"com.docker.compose.oneoff", "False"},
      {"com.docker.compose.image", replica.image.id.text()},
      {kDependsLabel, depends_text(replica.service)},
      {kDirectoryLabel, replica.spec.working_directory},
      {kFilesLabel, fmt::to_string(fmt::join(replica.spec.project_files, ","))},
      {kVersionLabel, kLabelsVersion}};
  // Ours first: insert() leaves what is there, so neither service nor image can forge them.
  labels.insert(replica.service.labels.begin(), replica.service.labels.end());
  labels.insert(replica.image.config.labels.begin(), replica.image.config.labels.end());
  return labels;
}

schemas::ContainerConfig essence(schemas::ContainerConfig config) {
  constexpr std::array kDescriptive{kHashLabel, kDependsLabel, kDirectoryLabel, kFilesLabel,
                                    kVersionLabel};
  for (const char* label : kDescriptive) config.labels.erase(label);
  return config;
}

}  // namespace orchestrator
