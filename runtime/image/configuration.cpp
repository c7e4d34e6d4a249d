// Reads and writes the image configuration (OCI image-spec, config.md), with docker's Healthcheck.
#include <algorithm>
#include <utility>

#include "runtime/image/json_fields.hpp"
#include "runtime/image/manifest.hpp"
#include "schemas/vocabulary/document.hpp"

namespace runtime {
namespace {

using schemas::Duration;
using schemas::ErrorKind;
using schemas::fail;
using schemas::HealthConfig;
using schemas::ImageConfig;
using schemas::Node;
using schemas::Result;

Node health_node(const HealthConfig& health) {
  Node test = Node::sequence();
  test.add(Node::string("CMD"));
  for (const std::string& argument : health.command) test.add(Node::string(argument));
  Node node = Node::mapping();
  node.set("Test", std::move(test));
  node.set("Interval", Node::number(health.interval.count()));
  node.set("Timeout", Node::number(health.timeout.count()));
  node.set("StartPeriod", Node::number(health.start_period.count()));
  node.set("StartInterval", Node::number(health.start_interval.count()));
  node.set("Retries", Node::number(health.retries));
  return node;
}

// Docker: 0 means the default, in every field.
Result<> read_timing(const Node& node, HealthConfig& health) {
  const std::pair<const char*, Duration*> fields[] = {{"Interval", &health.interval},
                                                      {"Timeout", &health.timeout},
                                                      {"StartPeriod", &health.start_period},
                                                      {"StartInterval", &health.start_interval}};
  for (const auto& [key, field] : fields) {
    auto value = number_field(node, key);
    if (!value) return pass_up(value);
    if (*value < 0) return fail(ErrorKind::Invalid, "{} is negative", key);
    if (*value > 0) *field = Duration{*value};
  }
  auto retries = number_field(node, "Retries");
  if (!retries) return pass_up(retries);
  if (*retries < 0 || *retries > 1'000'000) return fail(ErrorKind::Invalid, "Retries is too large");
  if (*retries > 0) health.retries = static_cast<std::uint32_t>(*retries);
  return {};
}

Result<std::optional<HealthConfig>> read_health(const Node& node) {
  auto test = strings_field(node, "Test");
  if (!test) return pass_up(test);
  if (test->empty() || test->front() == "NONE") return std::optional<HealthConfig>{};
  HealthConfig health;
  if (test->front() == "CMD" && test->size() > 1) {
    health.command.assign(test->begin() + 1, test->end());
  } else if (test->front() == "CMD-SHELL" && test->size() == 2) {
    health.command = {"/bin/sh", "-c", test->back()};
  } else {
    return fail(ErrorKind::Invalid, "Healthcheck has a Test that is neither CMD nor CMD-SHELL");
  }
  auto timing = read_timing(node, health);
  if (!timing) return pass_up(timing);
  return std::optional<HealthConfig>(std::move(health));
}

Node config_node(const ImageConfig& config) {
  Node node = Node::mapping();
  const auto set_text = [&](const char* key, const std::string& text) {
    if (!text.empty()) node.set(key, Node::string(text));
  };
  set_text("User", config.user);
  if (!config.exposed_ports.empty()) node.set("ExposedPorts", set_node(config.exposed_ports));
  if (!config.environment.empty()) {
    Node environment = Node::sequence();
    for (const auto& [key, value] : config.environment)
      environment.add(Node::string(key + "=" + value));
    node.set("Env", std::move(environment));
  }
  if (!config.entrypoint.empty()) node.set("Entrypoint", strings_node(config.entrypoint));
  if (!config.command.empty()) node.set("Cmd", strings_node(config.command));
  if (!config.volumes.empty()) node.set("Volumes", set_node(config.volumes));
  set_text("WorkingDir", config.working_directory);
  if (!config.labels.empty()) node.set("Labels", string_map_node(config.labels));
  set_text("StopSignal", config.stop_signal);
  if (config.health) node.set("Healthcheck", health_node(*config.health));
  return node;
}

// Takes one field of the JSON over, or fails.
template <typename T>
Result<> take(Result<T> value, T& field) {
  if (!value) return pass_up(value);
  field = std::move(*value);
  return {};
}

Result<> read_environment(const Node& node, ImageConfig& config) {
  auto lines = strings_field(node, "Env");
  if (!lines) return pass_up(lines);
  for (const std::string& line : *lines) {
    const std::size_t equals = line.find('=');
    if (equals == 0) return fail(ErrorKind::Invalid, "Env has a variable without a name");
    if (equals == std::string::npos) continue;  // docker: not set
    config.environment[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return {};
}

Result<ImageConfig> read_config(const Node& node) {
  ImageConfig config;
  auto health = object_field(node, "Healthcheck");
  if (!health) return pass_up(health);
  if (*health != nullptr) {
    auto read = read_health(**health);
    if (!read) return pass_up(read);
    config.health = std::move(*read);
  }
  Result<> results[] = {take(strings_field(node, "Entrypoint"), config.entrypoint),
                        take(strings_field(node, "Cmd"), config.command),
                        read_environment(node, config),
                        take(string_field(node, "User"), config.user),
                        take(string_field(node, "WorkingDir"), config.working_directory),
                        take(string_field(node, "StopSignal"), config.stop_signal),
                        take(set_field(node, "Volumes"), config.volumes),
                        take(set_field(node, "ExposedPorts"), config.exposed_ports),
                        take(string_map_field(node, "Labels"), config.labels)};
  for (Result<>& result : results) {
    if (!result) return pass_up(result);
  }
  return config;
}

Result<std::vector<schemas::Digest>> read_layers(const Node& object) {
  auto rootfs = object_field(object, "rootfs");
  if (!rootfs) return pass_up(rootfs);
  if (*rootfs == nullptr) return fail(ErrorKind::Invalid, "it has no \"rootfs\"");
  auto texts = strings_field(**rootfs, "diff_ids");
  if (!texts) return pass_up(texts);
  std::vector<schemas::Digest> layers;
  for (const std::string& text : *texts) {
    auto digest = schemas::read_digest(text);
    if (!digest) return pass_up(digest);
    layers.push_back(std::move(*digest));
  }
  return layers;
}

}  // namespace

std::string write_configuration(const ImageConfiguration& configuration) {
  Node rootfs = Node::mapping();
  rootfs.set("type", Node::string("layers"));
  Node layers = Node::sequence();
  for (const schemas::Digest& layer : configuration.layers) layers.add(Node::string(layer.text()));
  rootfs.set("diff_ids", std::move(layers));

  Node node = Node::mapping();
  node.set("created", Node::string(schemas::write_wall_time(configuration.created)));
  node.set("architecture", Node::string(configuration.architecture));
  node.set("os", Node::string(configuration.os));
  node.set("config", config_node(configuration.config));
  node.set("rootfs", std::move(rootfs));
  return schemas::write_json(node);
}

Result<ImageConfiguration> read_configuration(std::string_view text, std::string name) {
  auto node = schemas::read_json(text, name);
  if (!node) return pass_up(node);
  ImageConfiguration configuration;
  auto layers = read_layers(*node);
  if (!layers) return pass_up(layers, "image configuration {}", name);
  configuration.layers = std::move(*layers);
  Result<> texts[] = {take(string_field(*node, "architecture"), configuration.architecture),
                      take(string_field(*node, "os"), configuration.os)};
  for (Result<>& result : texts) {
    if (!result) return pass_up(result, "image configuration {}", name);
  }
  auto created = string_field(*node, "created");
  if (!created) return pass_up(created, "image configuration {}", name);
  if (!created->empty()) {
    auto time = schemas::read_wall_time(*created);
    if (!time) return pass_up(time, "image configuration {}", name);
    configuration.created = *time;
  }
  auto config = object_field(*node, "config");
  if (!config) return pass_up(config, "image configuration {}", name);
  if (*config == nullptr) return configuration;
  auto read = read_config(**config);
  if (!read) return pass_up(read, "image configuration {}", name);
  configuration.config = std::move(*read);
  return configuration;
}

}  // namespace runtime
