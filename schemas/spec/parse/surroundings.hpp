// What the parsing of a project file needs besides the file.
#pragma once

#include <string>

#include "schemas/spec/file_reader.hpp"
#include "schemas/spec/findings.hpp"

namespace schemas {

struct Surroundings {
  std::string working_directory;   // relative paths start here
  const Environment& environment;  // for keys without value, env_file and `~`
  const FileReader& read;          // for env_file
  Findings& findings;
};

// `path` made absolute: `~` is HOME, "." and ".." are resolved by name.
[[nodiscard]] std::string absolute_path(const std::string& path, const Surroundings& surroundings);

// The same for a path inside a container.
[[nodiscard]] std::string clean_path(const std::string& path);

}  // namespace schemas
