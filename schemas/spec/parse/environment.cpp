// Reads pairs: `KEY=VALUE` items, `KEY: value` entries, and the files of `env_file`.
#include "schemas/spec/parse/environment.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "schemas/spec/dotenv.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace schemas {

namespace {

struct Pair {
  std::string key;
  std::optional<std::string> value;  // none: only the key was written
  Mark mark;
};

Pair split_pair(const Node& item, std::string_view separators) {
  const std::size_t at = item.text.find_first_of(separators);
  if (at == std::string::npos) return {.key = item.text, .value = {}, .mark = item.mark};
  return {.key = item.text.substr(0, at), .value = item.text.substr(at + 1), .mark = item.mark};
}

std::optional<Pair> pair_of_entry(const Node::Entry& entry) {
  if (!entry.value.is_scalar()) return {};
  Pair pair{.key = entry.key, .value = {}, .mark = entry.key_mark};
  if (!entry.value.is_null()) pair.value = entry.value.text;
  return pair;
}

std::vector<Pair> parse_pairs(const Section& section, std::string_view key,
                              std::string_view separators, Findings& findings) {
  std::vector<Pair> pairs;
  const Node* node = section.find(key);
  if (node == nullptr) return pairs;
  if (node->is_scalar()) {
    section.refuse(key, "must be a list or mapping");
    return pairs;
  }
  const auto add = [&](std::optional<Pair> pair, const Mark& mark) {
    if (pair && !pair->key.empty()) {
      pairs.push_back(std::move(*pair));
    } else {
      findings.error(mark, section.path(key), "every item must be a key with a text value");
    }
  };
  for (const Node& item : node->items) {
    const bool usable = item.is_scalar() && !item.is_null();
    add(usable ? std::optional(split_pair(item, separators)) : std::nullopt, item.mark);
  }
  for (const Node::Entry& entry : node->entries) add(pair_of_entry(entry), entry.key_mark);
  return pairs;
}

struct EnvFile {
  std::string path;
  bool required{true};
  DotenvFormat format{DotenvFormat::Quoted};
  Mark mark;
};

EnvFile parse_env_file(const Node& node, const std::string& path, Findings& findings) {
  if (node.is_scalar()) return {.path = node.text, .mark = node.mark};
  const Section section(node, path, keys::kEnvFile, findings);
  EnvFile file{.path = section.text("path").value_or(""), .mark = node.mark};
  if (file.path.empty()) section.refuse("path", "missing");
  file.required = section.boolean("required").value_or(true);
  if (section.choice("format", {"raw"})) file.format = DotenvFormat::Raw;
  return file;
}

std::vector<EnvFile> parse_env_files(const Section& service, Findings& findings) {
  const Node* node = service.find("env_file");
  if (node == nullptr) return {};
  const std::string path = service.path("env_file");
  if (node->kind != Node::Kind::Sequence) return {parse_env_file(*node, path, findings)};
  std::vector<EnvFile> files;
  for (const Node& item : node->items) {
    const std::string item_path = fmt::format("{}[{}]", path, files.size());
    files.push_back(parse_env_file(item, item_path, findings));
  }
  return files;
}

// Later files win; `outer` is what their values may use.
Environment read_env_files(const Section& service, const Surroundings& surroundings,
                           const Environment& outer) {
  Environment all;
  for (const EnvFile& file : parse_env_files(service, surroundings.findings)) {
    if (file.path.empty()) continue;
    const std::string path = absolute_path(file.path, surroundings);
    auto text = surroundings.read(path);
    if (!text) {
      const bool absent = text.error().kind() == ErrorKind::NotFound;
      if (absent && !file.required) continue;
      surroundings.findings.error(
          file.mark, service.path("env_file"),
          absent ? fmt::format("{} does not exist", path) : text.error().text(),
          absent ? "create it, or write `required: false` beside its path" : "");
      continue;
    }
    auto variables = read_dotenv(*text, path, outer, file.format);
    if (!variables) {
      surroundings.findings.error_at(file.mark, service.path("env_file"), variables.error());
      continue;
    }
    for (auto& [key, value] : *variables) all.insert_or_assign(key, std::move(value));
  }
  return all;
}

bool is_address(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
           c == '.';
  };
  return text.contains(':') ? std::all_of(text.begin(), text.end(), fits)
                            : read_ipv4(text).has_value();
}

}  // namespace

std::map<std::string, std::string> parse_environment(const Section& service,
                                                     const Surroundings& surroundings) {
  Environment own;
  const Environment& project = surroundings.environment;
  for (Pair& pair : parse_pairs(service, "environment", "=", surroundings.findings)) {
    if (!pair.value) {
      const auto found = project.find(pair.key);
      if (found != project.end()) pair.value = found->second;
    }
    if (pair.value) own.insert_or_assign(pair.key, std::move(*pair.value));
  }
  if (service.find("env_file") == nullptr) return own;
  Environment outer = project;
  outer.insert(own.begin(), own.end());
  Environment all = read_env_files(service, surroundings, outer);
  for (auto& [key, value] : own) all.insert_or_assign(key, std::move(value));
  return all;
}

std::map<std::string, std::string> parse_labels(const Section& service, Findings& findings) {
  std::map<std::string, std::string> labels;
  for (Pair& pair : parse_pairs(service, "labels", "=", findings)) {
    if (pair.key.starts_with("com.docker.compose.")) {
      findings.error(
          pair.mark, service.path("labels"),
          fmt::format("`{}`: labels of com.docker.compose are set by tutti itself", pair.key));
    }
    labels.insert_or_assign(pair.key, pair.value.value_or(""));
  }
  return labels;
}

std::map<std::string, std::string> parse_extra_hosts(const Section& service, Findings& findings) {
  std::map<std::string, std::string> hosts;
  for (Pair& pair : parse_pairs(service, "extra_hosts", "=:", findings)) {
    std::string address = pair.value.value_or("");
    if (address.starts_with('[') && address.ends_with(']')) {
      address = address.substr(1, address.size() - 2);
    }
    if (address != "host-gateway" && !is_address(address)) {
      findings.error(pair.mark, service.path("extra_hosts"),
                     fmt::format("`{}` of {} is no address", address, pair.key),
                     "write NAME=ADDRESS or NAME=host-gateway");
    }
    hosts.insert_or_assign(pair.key, std::move(address));
  }
  return hosts;
}

}  // namespace schemas
