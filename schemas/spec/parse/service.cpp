// Puts a Service together from its sections.
#include "schemas/spec/parse/service.hpp"

#include "schemas/spec/parse/depends_on.hpp"
#include "schemas/spec/parse/environment.hpp"
#include "schemas/spec/parse/files.hpp"
#include "schemas/spec/parse/health.hpp"
#include "schemas/spec/parse/mounts.hpp"
#include "schemas/spec/parse/networks.hpp"
#include "schemas/spec/parse/ports.hpp"
#include "schemas/spec/parse/resources.hpp"
#include "schemas/spec/parse/section.hpp"
#include "schemas/spec/parse/security.hpp"
#include "schemas/spec/parse/shell_words.hpp"

namespace schemas {

namespace {

// A text is split as a shell would; null is the image's, an empty list clears it.
std::optional<std::vector<std::string>> parse_command(const Section& section,
                                                      std::string_view key) {
  const Node* node = section.find(key);
  if (node == nullptr) return {};
  if (!node->is_scalar()) return section.texts(key);
  auto words = split_words(node->text);
  if (words) return *words;
  section.refuse(key, words.error().text());
  return {};
}

void parse_process(Service& service, const Section& section, const Surroundings& surroundings) {
  service.image = section.text("image").value_or("");
  service.command = parse_command(section, "command");
  service.entrypoint = parse_command(section, "entrypoint");
  service.environment = parse_environment(section, surroundings);
  service.user = section.text("user").value_or("");
  service.working_dir = section.text("working_dir").value_or("");
  service.hostname = section.text("hostname").value_or("");
  service.container_name = section.text("container_name").value_or("");
  service.labels = parse_labels(section, surroundings.findings);
  service.init = section.boolean("init").value_or(false);
}

void parse_network(Service& service, const Section& section, Findings& findings) {
  service.networks = parse_service_networks(section, findings);
  service.network_mode = parse_network_mode(section);
  service.ports = parse_ports(section, findings);
  service.expose = parse_expose(section);
  service.extra_hosts = parse_extra_hosts(section, findings);
  if (section.find("network_mode") != nullptr && section.find("networks") != nullptr) {
    section.refuse("network_mode", "a service has either `network_mode` or `networks`",
                   "remove one of the two");
  }
}

void parse_storage(Service& service, const Section& section, const Surroundings& surroundings) {
  service.volumes = parse_mounts(section, surroundings);
  service.tmpfs = parse_tmpfs(section);
  service.secrets = parse_service_files(section, "secrets", surroundings.findings);
  service.configs = parse_service_files(section, "configs", surroundings.findings);
  service.read_only = section.boolean("read_only").value_or(false);
}

void parse_life(Service& service, const Section& section, Findings& findings) {
  service.depends_on = parse_depends_on(section, findings);
  service.healthcheck = parse_health(section, findings);
  service.restart = parse_restart(section);
  service.stop_signal = parse_stop_signal(section);
  service.stop_grace_period = section.duration("stop_grace_period");
}

void parse_isolation(Service& service, const Section& section, Findings& findings) {
  service.cap_add = parse_capabilities(section, "cap_add");
  service.cap_drop = parse_capabilities(section, "cap_drop");
  service.security_opt = parse_security_options(section);
  parse_resources(service, section, findings);
}

}  // namespace

Service parse_service(const Node::Entry& entry, const Surroundings& surroundings) {
  const Node& node = entry.value;
  Findings& findings = surroundings.findings;
  const Section section(node, "services." + entry.key, keys::kService, findings);
  Service service;
  service.name = ServiceName(entry.key);
  service.mark = entry.key_mark;
  parse_process(service, section, surroundings);
  parse_network(service, section, findings);
  parse_storage(service, section, surroundings);
  parse_life(service, section, findings);
  parse_isolation(service, section, findings);
  const bool builds = node.kind == Node::Kind::Mapping && node.find("build") != nullptr;
  if (service.image.empty() && !builds && node.kind == Node::Kind::Mapping) {
    findings.error(service.mark, section.path(), "no `image`", "add `image: NAME`");
  }
  return service;
}

}  // namespace schemas
