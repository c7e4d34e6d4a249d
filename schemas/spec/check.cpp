// Checks names and mounts of the services against the rest of the project.
#include "schemas/spec/check.hpp"

#include <algorithm>
#include <vector>

#include "schemas/spec/keys.hpp"

namespace schemas {

namespace {

class ServiceCheck {
 public:
  ServiceCheck(const Spec& spec, const Service& service, const Node& document, Findings& findings)
      : spec_(spec), service_(service), document_(document), findings_(findings) {}

  void run() {
    check_networks();
    check_volumes();
    check_files("secrets", service_.secrets, spec_.secrets);
    check_files("configs", service_.configs, spec_.configs);
    check_dependencies();
    check_targets();
    check_name();
    check_paths();
  }

 private:
  void refuse(std::string_view key, std::string_view item, std::string text,
              std::string hint = {}) {
    findings_.error(place_in_service(document_, service_, key, item),
                    fmt::format("services.{}.{}", service_.name, key), std::move(text),
                    std::move(hint));
  }

  template <typename Map>
  void refuse_unknown(std::string_view key, const std::string& name, std::string_view noun,
                      const Map& known) {
    std::vector<std::string_view> words;
    for (const auto& [word, value] : known) words.emplace_back(word);
    std::string hint = did_you_mean(name, words);
    if (hint.empty()) hint = fmt::format("declare it under top-level `{}`", key);
    refuse(key, name, fmt::format("{} `{}` is not declared", noun, name), std::move(hint));
  }

  void check_networks() {
    for (const ServiceNetwork& network : service_.networks) {
      if (network.key == "default" || spec_.networks.contains(network.key)) continue;
      refuse_unknown("networks", network.key, "network", spec_.networks);
    }
  }

  void check_volumes() {
    for (const ServiceMount& mount : service_.volumes) {
      if (mount.kind != SpecMountKind::Volume || mount.source.empty()) continue;
      if (spec_.volumes.contains(mount.source)) continue;
      std::vector<std::string_view> words;
      for (const auto& [word, value] : spec_.volumes) words.emplace_back(word);
      std::string hint = did_you_mean(mount.source, words);
      if (hint.empty()) {
        hint = fmt::format("declare it under top-level `volumes`, or write `./{}` for a directory",
                           mount.source);
      }
      findings_.error(mount.mark, fmt::format("services.{}.volumes", service_.name),
                      fmt::format("volume `{}` is not declared", mount.source), std::move(hint));
    }
  }

  void check_files(std::string_view key, const std::vector<ServiceFile>& files,
                   const std::map<std::string, SpecFile>& known) {
    for (const ServiceFile& file : files) {
      if (file.source.empty() || known.contains(file.source)) continue;
      refuse_unknown(key, file.source, key == "secrets" ? "secret" : "config", known);
    }
  }

  void check_dependencies() {
    for (const ServiceDependency& dependency : service_.depends_on) {
      const auto found = spec_.services.find(dependency.service);
      if (found == spec_.services.end()) {
        if (dependency.required) refuse_unknown_service(dependency.service.text);
        continue;
      }
      const bool no_check = found->second.healthcheck && found->second.healthcheck->disable;
      if (no_check && dependency.condition == DependencyCondition::Healthy) {
        refuse("depends_on", dependency.service.text,
               fmt::format("`{}` can never be healthy: its health check is disabled",
                           dependency.service),
               "use `condition: service_started`");
      }
    }
  }

  void refuse_unknown_service(const std::string& name) {
    std::vector<std::string_view> words;
    for (const auto& [known, value] : spec_.services) words.emplace_back(known.text);
    refuse("depends_on", name, fmt::format("service `{}` does not exist", name),
           did_you_mean(name, words));
  }

  // Two mounts on one target: only one of them could be seen.
  void check_targets() {
    std::vector<std::string> targets;
    const auto add = [&](std::string_view key, const std::string& target, const Mark& mark) {
      if (std::find(targets.begin(), targets.end(), target) != targets.end()) {
        findings_.error(mark, fmt::format("services.{}.{}", service_.name, key),
                        fmt::format("something is mounted on {} already", target));
      }
      targets.push_back(target);
    };
    for (const ServiceMount& mount : service_.volumes) add("volumes", mount.target, mount.mark);
    for (const TmpfsMount& mount : service_.tmpfs) {
      add("tmpfs", mount.target, place_in_service(document_, service_, "tmpfs", mount.target));
    }
    for (const ServiceFile& file : service_.secrets) {
      add("secrets", file.target, place_in_service(document_, service_, "secrets", file.source));
    }
    for (const ServiceFile& file : service_.configs) {
      add("configs", file.target, place_in_service(document_, service_, "configs", file.source));
    }
  }

  void check_name() {
    const std::string& name = service_.container_name;
    if (name.empty()) return;
    const auto fits = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view("_.-").contains(c);
    };
    const bool good = std::all_of(name.begin(), name.end(), fits) && name.size() > 1 &&
                      name.size() <= 128 && !std::string_view("_.-").contains(name.front());
    if (!good) {
      refuse("container_name", {}, fmt::format("`{}` is no container name", name),
             "start with a letter or digit; then also `_`, `.` and `-`");
    }
    if (service_.replicas > 1) {
      refuse("container_name", {},
             fmt::format("{} replicas cannot share one name", service_.replicas),
             "remove `container_name`, or the replicas");
    }
    for (const auto& [other_name, other] : spec_.services) {
      if (other_name < service_.name && other.container_name == name) {
        refuse("container_name", {},
               fmt::format("service `{}` has the name `{}` already", other_name, name));
      }
    }
  }

  void check_paths() {
    if (!service_.working_dir.empty() && !service_.working_dir.starts_with('/')) {
      refuse("working_dir", {}, fmt::format("`{}` is not absolute", service_.working_dir));
    }
  }

  const Spec& spec_;
  const Service& service_;
  const Node& document_;
  Findings& findings_;
};

// What an item of a list names: its text, or the source of its long form.
bool names(const Node& item, std::string_view wanted) {
  if (item.is_scalar())
    return item.text == wanted || item.text.starts_with(std::string(wanted) + ":");
  const Node* source = item.find("source");
  return source != nullptr && source->text == wanted;
}

}  // namespace

Mark place_in_service(const Node& document, const Service& service, std::string_view key,
                      std::string_view item) {
  const Node* services = document.find("services");
  const Node* node = services == nullptr ? nullptr : services->find(service.name.text);
  const Node* value = node == nullptr ? nullptr : node->find(key);
  if (value == nullptr) return service.mark;
  if (item.empty()) return value->mark;
  for (const Node& candidate : value->items) {
    if (names(candidate, item)) return candidate.mark;
  }
  for (const Node::Entry& entry : value->entries) {
    if (entry.key == item) return entry.key_mark;
  }
  return value->mark;
}

void check_spec(const Spec& spec, const Node& document, Findings& findings) {
  for (const auto& [name, service] : spec.services) {
    ServiceCheck(spec, service, document, findings).run();
  }
  check_networks(spec, document, findings);
  check_cycles(spec, document, findings);
}

}  // namespace schemas
