// Loading a project in the caller's environment: the only place where files become a Spec.
#include "orchestrator/cli/project.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <sstream>

#include "orchestrator/cli/project_files.hpp"
#include "orchestrator/cli/report.hpp"
#include "runtime/sys/files.hpp"
#include "schemas/spec/dotenv.hpp"
#include "schemas/vocabulary/finding.hpp"

namespace orchestrator {
namespace {

namespace fs = std::filesystem;
using schemas::Environment;
using schemas::ErrorKind;
using schemas::fail;
using schemas::Result;

constexpr std::size_t kFileLimit = 16U << 20U;

Result<std::string> read_standard_input() {
  std::string text;
  std::array<char, 65536> block{};
  for (;;) {
    const ssize_t count = ::read(STDIN_FILENO, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return schemas::os_error(errno, "read standard input");
    if (count == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
    if (text.size() > kFileLimit) return fail(ErrorKind::Invalid, "standard input is too large");
  }
}

Result<std::string> read_any(const std::string& path) {
  return path == "-" ? read_standard_input() : runtime::read_file(path, kFileLimit);
}

bool is_there(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode);
}

std::string expand_home(const std::string& path, const Environment& environment) {
  const auto home = environment.find("HOME");
  if (!path.starts_with("~/") || home == environment.end()) return path;
  return home->second + path.substr(1);
}

// The files of --env-file or COMPOSE_ENV_FILES; none: the default.
std::vector<std::string> named_env_files(const GlobalOptions& global,
                                         const Environment& environment) {
  std::vector<std::string> files = global.env_files;
  const auto listed = environment.find("COMPOSE_ENV_FILES");
  if (files.empty() && listed != environment.end()) {
    std::istringstream words(listed->second);
    for (std::string word; std::getline(words, word, ',');) {
      if (!word.empty()) files.push_back(word);
    }
  }
  for (std::string& file : files) file = fs::absolute(expand_home(file, environment)).string();
  return files;
}

// The process environment over the project's variables.
Result<Environment> with_variables(const GlobalOptions& global, const Environment& environment,
                                   const std::string& directory) {
  const auto named = named_env_files(global, environment);
  if (!named.empty()) {
    return schemas::with_dotenv(environment, named, schemas::MissingFile::Refuse, read_any);
  }
  if (environment.contains("COMPOSE_DISABLE_ENV_FILE")) return environment;
  return schemas::with_dotenv(environment, {(fs::path(directory) / ".env").string()},
                              schemas::MissingFile::Skip, read_any);
}

struct Found {
  ProjectFiles files;
  Environment environment;
};

// COMPOSE_FILE may stand in the .env beside us, and the files then say where the project's own is.
Result<Found> find_files(const GlobalOptions& global) {
  std::error_code error;
  FileSearch search{global.files, global.project_directory.value_or(""),
                    fs::current_path(error).string(), process_environment(), is_there};
  if (error) return fail(ErrorKind::Failed, "the working directory: {}", error.message());
  const std::string first_directory =
      (fs::path(search.working_directory) / search.project_directory).lexically_normal().string();
  auto first = with_variables(global, search.environment, first_directory);
  if (!first) return pass_up(first);
  const Environment process = std::exchange(search.environment, *first);
  auto files = find_project_files(search);
  if (!files) return pass_up(files);
  if (files->directory == first_directory) return Found{std::move(*files), std::move(*first)};
  auto environment = with_variables(global, process, files->directory);
  if (!environment) return pass_up(environment);
  return Found{std::move(*files), std::move(*environment)};
}

std::optional<std::string> asked_name(const GlobalOptions& global, const Environment& environment) {
  if (global.project_name) return global.project_name;
  const auto found = environment.find("COMPOSE_PROJECT_NAME");
  if (found == environment.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

Result<schemas::ProjectName> check_name(const std::string& name) {
  const std::string normal = schemas::normalise_project_name(name);
  if (!name.empty() && normal == name) return schemas::ProjectName(name);
  return fail(ErrorKind::Invalid,
              "project name \"{}\": only lower-case letters, digits, \"-\" and \"_\", beginning "
              "with a letter or digit{}",
              name, normal.empty() ? "" : "; \"" + normal + "\" would do");
}

}  // namespace

runtime::StateLayout layout_of(const GlobalOptions& global) { return {global.root, global.run}; }

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

Result<schemas::Spec> load_project(const GlobalOptions& global) {
  auto found = find_files(global);
  if (!found) return pass_up(found);
  for (const auto& warning : found->files.warnings) report_warning(warning);
  if (auto single = require_one_file(found->files); !single) return pass_up(single);
  schemas::LoadRequest request{found->files.files, found->files.directory,
                               asked_name(global, found->environment), found->environment};
  if (request.project_name) {
    auto name = check_name(*request.project_name);
    if (!name) return pass_up(name);
  }
  auto loaded = schemas::load_spec(request, read_any);
  if (!loaded) {
    // A file that cannot be read at all is one error, not one within a file.
    const schemas::Finding& first = loaded.error().front();
    if (loaded.error().size() == 1 && first.mark.text().empty() && first.path.empty()) {
      return fail(ErrorKind::Invalid, "{}", first.text);
    }
    report_findings(loaded.error());
    const auto errors = std::count_if(
        loaded.error().begin(), loaded.error().end(),
        [](const schemas::Finding& one) { return one.severity == schemas::Severity::Error; });
    return fail(ErrorKind::Invalid, "the project file has {} error{}", errors,
                errors == 1 ? "" : "s");
  }
  report_findings(loaded->warnings);
  return std::move(loaded->spec);
}

Result<schemas::ProjectName> find_project_name(const GlobalOptions& global) {
  if (const auto name = asked_name(global, process_environment())) return check_name(*name);
  auto spec = load_project(global);
  if (!spec) return pass_up(spec);
  return std::move(spec->name);
}

}  // namespace orchestrator
