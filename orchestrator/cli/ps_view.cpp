// The texts that scripts grep in `ps`, one function for each column.
#include "orchestrator/cli/ps_view.hpp"

#include <fmt/format.h>

#include "orchestrator/cli/table.hpp"
#include "orchestrator/reconcile/restart.hpp"
#include "schemas/vocabulary/digest.hpp"
#include "schemas/vocabulary/document.hpp"

namespace orchestrator {
namespace {

using schemas::ContainerState;
using schemas::ContainerStatus;
using schemas::Health;
using schemas::Node;
using schemas::WallTime;

std::string label(const ContainerStatus& status, const std::string& name) {
  const auto found = status.config.labels.find("com.docker.compose." + name);
  return found == status.config.labels.end() ? "" : found->second;
}

std::string health_word(Health health) {
  switch (health) {
    case Health::None:
      return "";
    case Health::Starting:
      return "starting";
    case Health::Healthy:
      return "healthy";
    case Health::Unhealthy:
      return "unhealthy";
  }
  return "";
}

std::string since(WallTime then, WallTime now) {
  return schemas::write_rough_duration(now > then ? now - then : schemas::Duration{0});
}

int exit_code(const ContainerStatus& status) { return status.exit ? status.exit->code : 0; }

std::string command_text(const ContainerStatus& status) {
  std::string words;
  for (const auto& word : status.config.command) words += (words.empty() ? "" : " ") + word;
  return words;
}

// Docker cuts the quoted command to 20 characters, the last one an ellipsis.
std::string short_command(const ContainerStatus& status) {
  constexpr std::size_t kWidth = 20;
  std::string shown;
  std::size_t width = 0;
  const std::string words = command_text(status);
  for (std::size_t at = 0; at < words.size(); ++at) {
    const auto byte = static_cast<unsigned char>(words[at]);
    const bool starts_character = (byte & 0xC0U) != 0x80U;
    if (starts_character && ++width > kWidth - 1 && display_width(words) > kWidth) {
      return "\"" + shown + "…\"";
    }
    if (words[at] == '"' || words[at] == '\\') shown += '\\';
    shown += byte < ' ' ? ' ' : words[at];
  }
  return "\"" + shown + "\"";
}

std::string ports_text(const ContainerStatus& status) {
  std::string text;
  for (const auto& port : status.config.ports) text += (text.empty() ? "" : ", ") + port.text();
  return text;
}

std::string networks_text(const ContainerStatus& status) {
  std::string text;
  for (const auto& endpoint : status.config.endpoints) {
    text += (text.empty() ? "" : ",") + endpoint.network.text;
  }
  return text;
}

std::string labels_text(const ContainerStatus& status) {
  std::string text;
  for (const auto& [name, value] : status.config.labels) {
    text += (text.empty() ? "" : ",") + name + "=" + value;
  }
  return text;
}

struct MountTexts {
  std::string all;
  std::size_t volumes{0};
};

MountTexts mount_texts(const ContainerStatus& status) {
  MountTexts texts;
  for (const auto& mount : status.config.mounts) {
    std::string source;
    if (const auto* bind = std::get_if<schemas::BindMount>(&mount)) source = bind->source;
    if (const auto* volume = std::get_if<schemas::VolumeMount>(&mount)) {
      source = volume->volume.text;
      ++texts.volumes;
    }
    if (!source.empty()) texts.all += (texts.all.empty() ? "" : ",") + source;
  }
  return texts;
}

Node publishers(const ContainerStatus& status) {
  Node list = Node::sequence();
  for (const auto& port : status.config.ports) {
    Node one = Node::mapping();
    one.set("URL", Node::string(port.host_address.text()));
    one.set("TargetPort", Node::number(port.container_port));
    one.set("PublishedPort", Node::number(port.host_port));
    one.set("Protocol", Node::string(std::string(schemas::transport_text(port.transport))));
    list.add(std::move(one));
  }
  return list;
}

Node write_object(const ContainerStatus& status, WallTime now) {
  const MountTexts mounts = mount_texts(status);
  Node object = Node::mapping();
  const auto text = [&object](const char* key, std::string value) {
    object.set(key, Node::string(std::move(value)));
  };
  text("Command", short_command(status));
  text("CreatedAt", schemas::write_wall_time(status.created_at));
  object.set("ExitCode", Node::number(exit_code(status)));
  text("Health", health_word(status.health.state));
  text("ID", container_id(status));
  text("Image", status.config.image.text);
  text("Labels", labels_text(status));
  text("LocalVolumes", std::to_string(mounts.volumes));
  text("Mounts", mounts.all);
  text("Name", status.config.name.text);
  text("Names", status.config.name.text);
  text("Networks", networks_text(status));
  object.set("Pid", Node::number(status.pid));
  text("Ports", ports_text(status));
  text("Project", label(status, "project"));
  object.set("Publishers", publishers(status));
  text("RunningFor", since(status.created_at, now) + " ago");
  text("Service", service_of(status));
  text("Size", "0B");
  text("State", state_word(status));
  text("Status", status_text(status, now));
  return object;
}

bool is_up(const ContainerStatus& status) {
  return status.state == ContainerState::Running || status.state == ContainerState::Starting;
}

}  // namespace

bool has_ended_for_good(const ContainerStatus& status) {
  if (status.state == ContainerState::FailedToStart) return true;
  return status.state == ContainerState::Exited && !next_restart(status.config.restart, status);
}

std::string state_word(const ContainerStatus& status) {
  switch (status.state) {
    case ContainerState::Created:
      return "created";
    case ContainerState::Starting:
    case ContainerState::Running:
      return "running";
    case ContainerState::Exited:
      return has_ended_for_good(status) ? "exited" : "restarting";
    case ContainerState::FailedToStart:
      return "dead";
  }
  return "";
}

std::string status_text(const ContainerStatus& status, WallTime now) {
  const std::string health = health_word(status.health.state);
  switch (status.state) {
    case ContainerState::Created:
      return "Created";
    case ContainerState::Starting:
    case ContainerState::Running:
      return "Up " + since(status.started_at, now) +
             (health.empty()                            ? ""
              : status.health.state == Health::Starting ? " (health: starting)"
                                                        : " (" + health + ")");
    case ContainerState::Exited:
      return fmt::format("{} ({}) {} ago", has_ended_for_good(status) ? "Exited" : "Restarting",
                         exit_code(status), since(status.finished_at, now));
    case ContainerState::FailedToStart:
      return "Failed to start: " + status.failure;
  }
  return "";
}

std::string container_id(const ContainerStatus& status) {
  return schemas::sha256_of(status.config.name.text + "\n" +
                            schemas::write_wall_time(status.created_at))
      .short_text();
}

std::string service_of(const ContainerStatus& status) { return label(status, "service"); }

std::string write_ps_table(const ContainerList& containers, WallTime now) {
  std::vector<std::vector<std::string>> rows{
      {"NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS"}};
  for (const auto& status : containers) {
    rows.push_back({status.config.name.text, status.config.image.text, short_command(status),
                    service_of(status), since(status.created_at, now) + " ago",
                    status_text(status, now), is_up(status) ? ports_text(status) : ""});
  }
  return write_table(rows);
}

std::string write_ps_json(const ContainerList& containers, WallTime now) {
  std::string text;
  for (const auto& status : containers) {
    text += schemas::write_json(write_object(status, now)) + "\n";
  }
  return text;
}

}  // namespace orchestrator
