// The lookup that docker compose users know: names, order, override files, walking up.
#include "orchestrator/cli/project_files.hpp"

#include <array>
#include <filesystem>

namespace orchestrator {
namespace {

namespace fs = std::filesystem;
using schemas::ErrorKind;
using schemas::fail;
using schemas::Result;

constexpr std::array<const char*, 4> kNames{"compose.yaml", "compose.yml", "docker-compose.yml",
                                            "docker-compose.yaml"};
constexpr std::array<const char*, 4> kOverrides{"compose.override.yml", "compose.override.yaml",
                                                "docker-compose.override.yml",
                                                "docker-compose.override.yaml"};

std::string absolute(const std::string& path, const std::string& directory) {
  if (path == "-") return path;
  std::string made = (fs::path(directory) / path).lexically_normal().string();
  if (made.size() > 1 && made.back() == '/') made.pop_back();
  return made;
}

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find(separator, begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  return parts;
}

std::string variable(const FileSearch& search, const char* name, const char* otherwise) {
  const auto found = search.environment.find(name);
  return found == search.environment.end() || found->second.empty() ? otherwise : found->second;
}

// The files that were named, by flag or by variable.
std::vector<std::string> named_files(const FileSearch& search) {
  std::vector<std::string> named = search.files;
  if (named.empty()) {
    named = split(variable(search, "COMPOSE_FILE", ""),
                  variable(search, "COMPOSE_PATH_SEPARATOR", ":"));
  }
  for (std::string& file : named) file = absolute(file, search.working_directory);
  return named;
}

std::vector<std::string> present(const FileSearch& search, const fs::path& directory,
                                 const std::array<const char*, 4>& names) {
  std::vector<std::string> found;
  for (const char* name : names) {
    const std::string path = (directory / name).string();
    if (search.exists(path)) found.push_back(path);
  }
  return found;
}

// The first of several, with a warning as compose words it.
std::string choose(const std::vector<std::string>& found, std::vector<std::string>& warnings) {
  if (found.size() > 1) {
    std::string all;
    for (const auto& file : found) all += (all.empty() ? "" : ", ") + file;
    warnings.push_back("Found multiple config files with supported names: " + all);
    warnings.push_back("Using " + found.front());
  }
  return found.front();
}

}  // namespace

Result<ProjectFiles> find_project_files(const FileSearch& search) {
  ProjectFiles project;
  project.files = named_files(search);
  const std::string start = search.project_directory.empty()
                                ? search.working_directory
                                : absolute(search.project_directory, search.working_directory);
  fs::path directory = start;
  while (project.files.empty()) {
    const auto found = present(search, directory, kNames);
    if (!found.empty()) {
      project.files.push_back(choose(found, project.warnings));
      const auto overrides = present(search, directory, kOverrides);
      if (!overrides.empty()) project.files.push_back(choose(overrides, project.warnings));
      break;
    }
    if (!directory.has_relative_path()) {
      return fail(ErrorKind::NotFound,
                  "no project file: neither {} nor a directory above it has a compose.yaml; name "
                  "one with -f, or the project with -p",
                  start);
    }
    directory = directory.parent_path();
  }
  if (!search.project_directory.empty() || project.files.front() == "-") {
    project.directory = start;
  } else {
    project.directory = fs::path(project.files.front()).parent_path().string();
  }
  return project;
}

Result<> require_one_file(const ProjectFiles& project) {
  if (project.files.size() < 2) return {};
  std::string others;
  for (auto file = project.files.begin() + 1; file != project.files.end(); ++file) {
    others += (others.empty() ? "" : ", ") + *file;
  }
  return fail(ErrorKind::Invalid,
              "{} beside {}: several project files are not supported yet; write into one what both "
              "say, or leave the other out with -f {}",
              others, project.files.front(), project.files.front());
}

}  // namespace orchestrator
