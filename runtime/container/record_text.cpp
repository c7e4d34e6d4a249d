// A ContainerRecord as JSON nodes and back; reading trusts nothing.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "runtime/container/record.hpp"
#include "runtime/container/record_fields.hpp"

namespace runtime {

using schemas::ContainerState;
using schemas::ErrorKind;
using schemas::fail;
using schemas::Health;
using schemas::Instant;
using schemas::Node;
using schemas::Result;

namespace {

constexpr std::array<std::string_view, 5> kStates{"created", "starting", "running", "exited",
                                                  "failed to start"};
constexpr std::array<std::string_view, 4> kHealths{"none", "starting", "healthy", "unhealthy"};

Node number(std::int64_t value) { return Node::number(value); }
Node instant(Instant value) { return number(value.time_since_epoch().count()); }
void set_instant(Node& node, const char* key, const std::optional<Instant>& value) {
  if (value) node.set(key, instant(*value));
}
void set_time(Node& node, const char* key, schemas::WallTime value) {
  if (value != schemas::WallTime{}) node.set(key, Node::string(schemas::write_wall_time(value)));
}

Node write_endpoints(const std::vector<schemas::EndpointStatus>& endpoints) {
  Node list = Node::sequence();
  for (const schemas::EndpointStatus& endpoint : endpoints) {
    Node item = Node::mapping();
    item.set("network", Node::string(endpoint.network.text));
    item.set("address", Node::string(endpoint.address.text()));
    list.add(std::move(item));
  }
  return list;
}

Result<> read_endpoints(const Node& list, std::vector<schemas::EndpointStatus>& endpoints) {
  for (const Node& item : list.items) {
    auto members = Members::of(item);
    if (!members) return pass_up(members, "endpoints");
    std::string network;
    std::string address;
    members->take_text("network", network);
    members->take_text("address", address);
    auto complete = members->finish();
    if (!complete) return pass_up(complete, "endpoints");
    auto read = schemas::read_ipv4(address);
    if (!read) return pass_up(read, "endpoints");
    endpoints.push_back({.network = schemas::NetworkName(network), .address = *read});
  }
  return {};
}

Node write_exit(const schemas::ExitStatus& exit) {
  Node node = Node::mapping();
  node.set("code", number(exit.code));
  node.set("core_dumped", Node::boolean(exit.core_dumped));
  node.set("out_of_memory", Node::boolean(exit.out_of_memory));
  node.set("known", Node::boolean(exit.known));
  return node;
}

Result<schemas::ExitStatus> read_exit(const Node& node) {
  auto members = Members::of(node);
  if (!members) return pass_up(members, "exit");
  schemas::ExitStatus exit;
  members->take_number("code", exit.code);
  members->take_boolean("core_dumped", exit.core_dumped);
  members->take_boolean("out_of_memory", exit.out_of_memory);
  members->take_boolean("known", exit.known);
  auto complete = members->finish();
  if (!complete) return pass_up(complete, "exit");
  return exit;
}

Node write_probe(const schemas::ProbeResult& probe) {
  Node node = Node::mapping();
  node.set("started", instant(probe.started));
  node.set("ended", instant(probe.ended));
  node.set("exit_code", number(probe.exit_code));
  node.set("output", Node::string(clean_text(probe.output)));
  return node;
}

Result<schemas::ProbeResult> read_probe(const Node& node) {
  auto members = Members::of(node);
  if (!members) return pass_up(members, "probe");
  schemas::ProbeResult probe;
  members->take_instant("started", probe.started);
  members->take_instant("ended", probe.ended);
  members->take_number("exit_code", probe.exit_code);
  members->take_text("output", probe.output);
  auto complete = members->finish();
  if (!complete) return pass_up(complete, "probe");
  return probe;
}

Node write_health(const schemas::HealthStatus& health) {
  Node node = Node::mapping();
  node.set("state", Node::string(std::string(kHealths.at(static_cast<std::size_t>(health.state)))));
  node.set("failing_streak", number(health.failing_streak));
  set_instant(node, "probe_started", health.probe_started);
  Node log = Node::sequence();
  for (const schemas::ProbeResult& probe : health.log) log.add(write_probe(probe));
  node.set("log", std::move(log));
  return node;
}

Result<> read_health(const Node& node, schemas::HealthStatus& health) {
  auto members = Members::of(node);
  if (!members) return pass_up(members, "health");
  members->take_choice("state", kHealths, health.state);
  members->take_number("failing_streak", health.failing_streak);
  members->take_instant("probe_started", health.probe_started);
  if (const Node* log = members->take("log"))
    for (const Node& item : log->items) {
      auto probe = read_probe(item);
      if (!probe) return pass_up(probe, "health");
      health.log.push_back(std::move(*probe));
    }
  return members->finish();
}

}  // namespace

Node write_config_part(const ContainerRecord& record) {
  Node node = Node::mapping();
  node.set("config", schemas::write_container_config(record.config));
  node.set("fingerprint", Node::string(record.fingerprint.text()));
  node.set("endpoints", write_endpoints(record.endpoints));
  set_time(node, "created_at", record.created_at);
  return node;
}

Result<> read_config_part(const Node& node, ContainerRecord& record) {
  auto members = Members::of(node);
  if (!members) return pass_up(members);
  const Node* config_node = members->take("config");
  const Node* endpoints = members->take("endpoints");
  if (config_node == nullptr || endpoints == nullptr)
    return fail(ErrorKind::Invalid, "\"config\" or \"endpoints\" is missing");
  auto config = schemas::read_container_config(*config_node);
  if (!config) return pass_up(config, "config");
  record.config = std::move(*config);
  auto listed = read_endpoints(*endpoints, record.endpoints);
  if (!listed) return listed;
  std::string fingerprint;
  members->take_text("fingerprint", fingerprint);
  auto digest = schemas::read_digest(fingerprint);
  if (!digest) return pass_up(digest, "fingerprint");
  record.fingerprint = std::move(*digest);
  members->take_time("created_at", record.created_at);
  return members->finish();
}

Node write_state_part(const ContainerRecord& record) {
  Node node = Node::mapping();
  node.set("state", Node::string(std::string(kStates.at(static_cast<std::size_t>(record.state)))));
  node.set("pid", number(record.process.pid));
  node.set("start_time", number(static_cast<std::int64_t>(record.process.start_time)));
  node.set("generation", number(static_cast<std::int64_t>(record.generation)));
  set_time(node, "started_at", record.started_at);
  set_time(node, "finished_at", record.finished_at);
  node.set("started", instant(record.started));
  node.set("finished", instant(record.finished));
  node.set("restart_count", number(record.restart_count));
  node.set("backoff", number(record.backoff.count()));
  set_instant(node, "stop_sent", record.stop_sent);
  set_instant(node, "kill_sent", record.kill_sent);
  node.set("stop_wanted", Node::boolean(record.stop_wanted));
  if (record.exit) node.set("exit", write_exit(*record.exit));
  if (!record.failure.empty()) node.set("failure", Node::string(clean_text(record.failure)));
  node.set("health", write_health(record.health));
  return node;
}

Result<> read_state_part(const Node& node, ContainerRecord& record) {
  auto members = Members::of(node);
  if (!members) return pass_up(members);
  members->take_choice("state", kStates, record.state);
  members->take_number("pid", record.process.pid);
  members->take_number("start_time", record.process.start_time);
  members->take_number("generation", record.generation);
  members->take_time("started_at", record.started_at);
  members->take_time("finished_at", record.finished_at);
  members->take_instant("started", record.started);
  members->take_instant("finished", record.finished);
  members->take_number("restart_count", record.restart_count);
  std::int64_t backoff = 0;
  members->take_number("backoff", backoff);
  record.backoff = schemas::Duration(backoff);
  members->take_instant("stop_sent", record.stop_sent);
  members->take_instant("kill_sent", record.kill_sent);
  members->take_boolean("stop_wanted", record.stop_wanted);
  if (const Node* exit_node = members->take("exit")) {
    auto exit = read_exit(*exit_node);
    if (!exit) return pass_up(exit);
    record.exit = *exit;
  }
  members->take_text("failure", record.failure);
  if (const Node* health = members->take("health")) {
    auto read = read_health(*health, record.health);
    if (!read) return read;
  }
  if (record.process.pid < 0) members->refuse("pid");
  return members->finish();
}

}  // namespace runtime
