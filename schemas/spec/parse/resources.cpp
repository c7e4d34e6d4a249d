// Reads resource limits from both of the places where compose has them.
#include "schemas/spec/parse/resources.hpp"

namespace schemas {

namespace {

// Zero and -1 are compose's words for "no limit".
std::optional<std::int64_t> unless_unlimited(std::optional<std::int64_t> value) {
  return value && *value > 0 ? value : std::nullopt;
}

void agree(std::optional<std::int64_t>& value, const std::optional<std::int64_t>& deployed,
           const Section& section, std::string_view key, std::string_view twin) {
  if (value && deployed && *value != *deployed) {
    section.refuse(key, fmt::format("differs from `{}` of the service", twin),
                   "say it in one place only");
  }
  if (!value) value = deployed;
}

void parse_limits(Service& into, const Section& resources, Findings& findings) {
  const Node* node = resources.find("limits");
  if (node == nullptr) return;
  const Section limits(*node, resources.path("limits"), keys::kDeployLimits, findings);
  agree(into.mem_limit, unless_unlimited(limits.byte_size("memory")), limits, "memory",
        "mem_limit");
  agree(into.nano_cpus, unless_unlimited(limits.cpus("cpus")), limits, "cpus", "cpus");
  agree(into.pids_limit, unless_unlimited(limits.integer("pids", -1, 4'194'304)), limits, "pids",
        "pids_limit");
}

void parse_deploy(Service& into, std::optional<std::int64_t> scale, const Section& deploy,
                  Findings& findings) {
  const auto replicas = deploy.integer("replicas", 0, 1000);
  if (scale && replicas && *scale != *replicas) {
    deploy.refuse("replicas", "differs from `scale` of the service", "say it in one place only");
  }
  if (replicas) into.replicas = static_cast<std::uint32_t>(*replicas);
  if (const Node* node = deploy.find("resources")) {
    const Section resources(*node, deploy.path("resources"), keys::kDeployResources, findings);
    parse_limits(into, resources, findings);
  }
}

}  // namespace

void parse_resources(Service& into, const Section& service, Findings& findings) {
  into.mem_limit = unless_unlimited(service.byte_size("mem_limit"));
  into.nano_cpus = unless_unlimited(service.cpus("cpus"));
  into.pids_limit = unless_unlimited(service.integer("pids_limit", -1, 4'194'304));
  into.shm_size = unless_unlimited(service.byte_size("shm_size"));
  const auto scale = service.integer("scale", 0, 1000);
  if (scale) into.replicas = static_cast<std::uint32_t>(*scale);
  if (const Node* deploy = service.find("deploy")) {
    const Section section(*deploy, service.path("deploy"), keys::kDeploy, findings);
    parse_deploy(into, scale, section, findings);
  }
}

RestartPolicy parse_restart(const Section& service) {
  const auto text = service.text("restart");
  if (!text || *text == "no") return {};
  if (*text == "always") return {.mode = RestartMode::Always};
  if (*text == "unless-stopped") return {.mode = RestartMode::UnlessStopped};
  if (*text == "on-failure") return {.mode = RestartMode::OnFailure};
  if (text->starts_with("on-failure:")) {
    const auto attempts = read_integer(text->substr(11));
    if (attempts && *attempts >= 0 && *attempts <= 1'000'000) {
      return {.mode = RestartMode::OnFailure,
              .max_attempts = static_cast<std::uint32_t>(*attempts)};
    }
  }
  service.refuse("restart", fmt::format("`{}` is no restart policy", *text),
                 "write no, always, unless-stopped, on-failure or on-failure:3");
  return {};
}

}  // namespace schemas
