// Runs the phases of a load one after the other.
#include "schemas/spec/load.hpp"

#include <algorithm>
#include <charconv>

#include "schemas/spec/check.hpp"
#include "schemas/spec/findings.hpp"
#include "schemas/spec/interpolate.hpp"
#include "schemas/spec/parse/project.hpp"
#include "schemas/spec/resolve.hpp"

namespace schemas {

namespace {

// Inside the project directory a file is called as the user calls it.
std::string display_name(const std::string& file, const std::string& directory) {
  const std::string prefix = directory.ends_with('/') ? directory : directory + "/";
  return file.starts_with(prefix) ? file.substr(prefix.size()) : file;
}

// A reader's error begins with "file:line:column: "; a Finding keeps the place apart.
void add_reader_error(Findings& findings, const std::string& file, const Error& failed) {
  const std::string text = failed.text();
  Mark mark;
  mark.file = std::make_shared<const std::string>(file);
  std::string_view rest = text;
  if (!rest.starts_with(file + ":")) return findings.error(mark, "", text);
  rest.remove_prefix(file.size() + 1);
  const char* end = rest.data() + rest.size();
  const auto line = std::from_chars(rest.data(), end, mark.line);
  if (line.ec == std::errc{} && line.ptr != end && *line.ptr == ':') {
    const auto column = std::from_chars(line.ptr + 1, end, mark.column);
    rest.remove_prefix(static_cast<std::size_t>(column.ptr - rest.data()));
    if (rest.starts_with(':')) rest.remove_prefix(1);
  }
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  findings.error(mark, "", std::string(rest));
}

std::string base_name(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

// -p and COMPOSE_PROJECT_NAME must be right already; `name:` and the directory are made so.
ProjectName project_name(const LoadRequest& request, const Node& document, Findings& findings) {
  const auto variable = request.environment.find("COMPOSE_PROJECT_NAME");
  std::optional<std::string> given = request.project_name;
  const bool from_variable =
      !given && variable != request.environment.end() && !variable->second.empty();
  if (from_variable) given = variable->second;
  if (given) {
    if (!given->empty() && normalise_project_name(*given) == *given) return ProjectName(*given);
    findings.error({}, from_variable ? "COMPOSE_PROJECT_NAME" : "project name",
                   fmt::format("`{}` is no project name", *given),
                   "use lower-case letters, digits, `-` and `_`; begin with a letter or digit");
    return ProjectName("invalid");
  }
  const Node* name = document.find("name");
  if (name != nullptr && !name->is_null()) {
    Findings already_warned;
    const Node value = interpolate(*name, request.environment, already_warned);
    ProjectName written(value.is_scalar() ? normalise_project_name(value.text) : std::string{});
    if (!written.empty()) return written;
    findings.error(name->mark, "name", "this is no project name",
                   "use letters, digits, `-` and `_`");
    return ProjectName("invalid");
  }
  ProjectName directory(normalise_project_name(base_name(request.working_directory)));
  if (directory.empty()) {
    findings.error({}, "project name", "the directory's name gives no project name",
                   "add `name: NAME` to the file, or use -p NAME");
  }
  return directory;
}

std::vector<Finding> finish(Findings& findings, const std::string& file, std::string_view text) {
  std::vector<Finding> errors = findings.take_errors();
  quote_source(errors, file, text);
  return errors;
}

// The one file's one document, or a finding.
std::optional<Node> read_document(std::string_view text, const std::string& file,
                                  Findings& findings) {
  auto documents = read_yaml(text, file);
  Mark nowhere;
  nowhere.file = std::make_shared<const std::string>(file);
  if (!documents) {
    add_reader_error(findings, file, documents.error());
  } else if (documents->empty()) {
    findings.error(nowhere, "", "the file is empty");
  } else if (documents->size() > 1) {
    findings.error((*documents)[1].mark, "", "several documents in one file: not supported yet");
  } else {
    return std::move(documents->front());
  }
  return {};
}

// Every phase behind the interpolation.
Spec spec_of(const Node& document, ProjectName name, const Surroundings& surroundings) {
  Spec spec = parse_project(document, surroundings);
  spec.name = std::move(name);
  check_spec(spec, document, surroundings.findings);
  return resolve(std::move(spec));
}

}  // namespace

std::string normalise_project_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool letter = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    const bool joint = lower == '-' || lower == '_';
    if (letter || (joint && !name.empty())) name += lower;
  }
  return name.substr(0, 63);
}

std::expected<LoadedSpec, std::vector<Finding>> load_spec(const LoadRequest& request,
                                                          const FileReader& read) {
  Findings findings;
  if (request.files.size() != 1) {
    findings.error({}, "",
                   request.files.empty() ? "no project file was given"
                                         : "several project files: not supported yet");
    return std::unexpected(findings.take_errors());
  }
  const std::string& path = request.files.front();
  const std::string file = display_name(path, request.working_directory);
  auto text = read(path);
  if (!text) {
    findings.error_at({}, "", text.error());
    return std::unexpected(findings.take_errors());
  }
  auto document = read_document(*text, file, findings);
  if (!document) return std::unexpected(finish(findings, file, *text));

  ProjectName name = project_name(request, *document, findings);
  Environment environment = request.environment;
  environment.insert_or_assign("COMPOSE_PROJECT_NAME", name.text);
  const Node expanded = interpolate(std::move(*document), environment, findings);
  const Surroundings surroundings{.working_directory = request.working_directory,
                                  .environment = environment,
                                  .read = read,
                                  .findings = findings};
  Spec spec = spec_of(expanded, std::move(name), surroundings);
  if (findings.has_errors()) return std::unexpected(finish(findings, file, *text));
  spec.project_files = request.files;
  std::vector<Finding> warnings = findings.take_warnings();
  quote_source(warnings, file, *text);
  return LoadedSpec{.spec = std::move(spec), .warnings = std::move(warnings)};
}

std::expected<Spec, std::vector<Finding>> read_spec_model(std::string_view json) {
  const std::string file = "model";
  Findings findings;
  auto document = read_json(json, file);
  if (!document) {
    add_reader_error(findings, file, document.error());
    return std::unexpected(findings.take_errors());
  }
  const Node node = unescape_dollars(std::move(*document));
  const auto text_at = [](const Node* mapping, std::string_view key) {
    const Node* found = mapping == nullptr ? nullptr : mapping->find(key);
    return found != nullptr && found->is_scalar() ? found->text : std::string{};
  };
  const Node* origin = node.find("x-tutti");
  const std::string name = text_at(&node, "name");
  if (name.empty() || normalise_project_name(name) != name) {
    findings.error(node.mark, "name", fmt::format("`{}` is no project name", name));
  }
  const Environment environment;
  const FileReader read = [](const std::string& path) -> Result<std::string> {
    return fail(ErrorKind::Denied, "{}: a model refers to no files", path);
  };
  const Surroundings surroundings{.working_directory = text_at(origin, "working_directory"),
                                  .environment = environment,
                                  .read = read,
                                  .findings = findings};
  Spec spec = spec_of(node, ProjectName(name), surroundings);
  if (findings.has_errors()) return std::unexpected(finish(findings, file, json));
  const Node* files = origin == nullptr ? nullptr : origin->find("project_files");
  if (files != nullptr) {
    for (const Node& item : files->items) spec.project_files.push_back(item.text);
  }
  return spec;
}

}  // namespace schemas
