// Reads volumes, and files that are put into containers.
#include "schemas/spec/parse/files.hpp"

namespace schemas {

namespace {

std::optional<std::uint32_t> parse_id(const Section& section, std::string_view key) {
  const auto id = section.integer(key, 0, std::numeric_limits<std::uint32_t>::max());
  if (!id) return {};
  return static_cast<std::uint32_t>(*id);
}

// Secrets live below /run/secrets, configs at the root, unless the target is absolute.
std::string target_path(const std::string& group, const std::string& target) {
  if (target.starts_with('/')) return clean_path(target);
  return clean_path((group == "secrets" ? "/run/secrets/" : "/") + target);
}

ServiceFile parse_use(const Node& node, const std::string& group, const std::string& path,
                      Findings& findings) {
  if (node.is_scalar()) {
    return {.source = node.text,
            .target = target_path(group, node.text),
            .uid = {},
            .gid = {},
            .mode = {}};
  }
  const Section section(node, path, keys::kServiceFile, findings);
  ServiceFile file;
  file.source = section.text("source").value_or("");
  if (file.source.empty()) section.refuse("source", "missing: the name under top-level " + group);
  file.target = target_path(group, section.text("target").value_or(file.source));
  file.uid = parse_id(section, "uid");
  file.gid = parse_id(section, "gid");
  file.mode = section.octal("mode");
  return file;
}

}  // namespace

SpecVolume parse_volume(const Node::Entry& entry, Findings& findings) {
  const Node& node = entry.value;
  SpecVolume volume{.key = entry.key, .name = {}, .external = false, .mark = entry.key_mark};
  if (node.is_null()) return volume;
  const Section section(node, "volumes." + entry.key, keys::kVolume, findings);
  volume.name = section.text("name").value_or("");
  static_cast<void>(section.choice("driver", {"local"}));
  volume.external = section.boolean("external").value_or(false);
  if (volume.external && section.find("driver") != nullptr) {
    section.refuse("driver", "an external volume has only a `name`");
  }
  return volume;
}

SpecFile parse_file(const std::string& group, const Node::Entry& entry,
                    const Surroundings& surroundings) {
  const Node& node = entry.value;
  SpecFile file{.key = entry.key, .file = {}, .mark = entry.key_mark};
  const Section section(node, group + "." + entry.key, keys::kFile, surroundings.findings);
  const auto path = section.text("file");
  if (path && !path->empty()) {
    file.file = absolute_path(*path, surroundings);
  } else if (node.kind == Node::Kind::Mapping && node.find("environment") == nullptr &&
             node.find("content") == nullptr && node.find("external") == nullptr) {
    section.refuse("file", "missing: the path of a file on the host");
  }
  return file;
}

std::vector<ServiceFile> parse_service_files(const Section& service, const std::string& group,
                                             Findings& findings) {
  std::vector<ServiceFile> files;
  for (const Node& item : service.items(group)) {
    const std::string path = fmt::format("{}[{}]", service.path(group), files.size());
    files.push_back(parse_use(item, group, path, findings));
  }
  return files;
}

}  // namespace schemas
