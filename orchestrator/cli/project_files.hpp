// Which files make the project: what -f, COMPOSE_FILE or the directory tree say. Pure but for
// `exists`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "schemas/spec/file_reader.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

struct ProjectFiles {
  std::vector<std::string> files;     // absolute, or "-" for standard input; first decides
  std::string directory;              // absolute: relative paths start here
  std::vector<std::string> warnings;  // several candidates in one directory
};

struct FileSearch {
  std::vector<std::string> files;                       // -f, as typed
  std::string project_directory;                        // --project-directory, may be empty
  std::string working_directory;                        // absolute
  schemas::Environment environment;                     // COMPOSE_FILE, COMPOSE_PATH_SEPARATOR
  std::function<bool(const std::string& path)> exists;  // a regular file, or what leads to one
};

// NotFound when nothing was named and no directory up to "/" has one.
[[nodiscard]] schemas::Result<ProjectFiles> find_project_files(const FileSearch& search);

// Invalid, naming what is too much, when there are several: merging them is not supported yet.
[[nodiscard]] schemas::Result<> require_one_file(const ProjectFiles& project);

}  // namespace orchestrator
