// Walks the top level of the project file.
#include "schemas/spec/parse/project.hpp"

#include <algorithm>

#include "schemas/spec/parse/files.hpp"
#include "schemas/spec/parse/networks.hpp"
#include "schemas/spec/parse/section.hpp"
#include "schemas/spec/parse/service.hpp"

namespace schemas {

namespace {

// YAML tags are compose's merge instructions, which belong to projects of several files.
void refuse_tags(const Node& node, const std::string& path, Findings& findings) {
  if (!node.tag.empty()) {
    findings.error(node.mark, path, fmt::format("the tag `{}` is not supported yet", node.tag));
  }
  std::size_t index = 0;
  for (const Node& item : node.items) {
    refuse_tags(item, fmt::format("{}[{}]", path, index++), findings);
  }
  for (const Node::Entry& entry : node.entries) {
    refuse_tags(entry.value, path.empty() ? entry.key : path + "." + entry.key, findings);
  }
}

// Calls `parse(entry)` for every entry of a top-level mapping.
template <typename Parse>
void parse_each(const Section& project, const std::string& group, Findings& findings,
                const Parse& parse) {
  const Node* node = project.find(group);
  if (node == nullptr) return;
  if (node->kind != Node::Kind::Mapping) {
    project.refuse(group, "must be a mapping (`name:` lines)");
    return;
  }
  for (const Node::Entry& entry : node->entries) {
    if (entry.key.starts_with("x-")) continue;
    if (!is_resource_name(entry.key)) {
      findings.error(entry.key_mark, group, fmt::format("`{}` is no name", entry.key),
                     "use letters, digits, `.`, `_` and `-`");
      continue;
    }
    parse(entry);
  }
}

}  // namespace

bool is_resource_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-").contains(c);
  };
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), fits);
}

Spec parse_project(const Node& document, const Surroundings& surroundings) {
  Findings& findings = surroundings.findings;
  refuse_tags(document, "", findings);
  const Section project(document, "", keys::kProject, findings);
  Spec spec;
  spec.working_directory = surroundings.working_directory;
  if (project.find("version") != nullptr) {
    findings.warn(project.mark("version"), "version",
                  "the attribute `version` is obsolete, it will be ignored, please remove it to "
                  "avoid potential confusion");
  }
  if (project.find("services") == nullptr && document.kind == Node::Kind::Mapping) {
    project.refuse("services", "no services in this file");
  }
  parse_each(project, "services", findings, [&](const Node::Entry& entry) {
    spec.services.emplace(ServiceName(entry.key), parse_service(entry, surroundings));
  });
  parse_each(project, "networks", findings, [&](const Node::Entry& entry) {
    spec.networks.emplace(entry.key, parse_network(entry, findings));
  });
  parse_each(project, "volumes", findings, [&](const Node::Entry& entry) {
    spec.volumes.emplace(entry.key, parse_volume(entry, findings));
  });
  parse_each(project, "secrets", findings, [&](const Node::Entry& entry) {
    spec.secrets.emplace(entry.key, parse_file("secrets", entry, surroundings));
  });
  parse_each(project, "configs", findings, [&](const Node::Entry& entry) {
    spec.configs.emplace(entry.key, parse_file("configs", entry, surroundings));
  });
  return spec;
}

}  // namespace schemas
