// Paths as the project file means them; the disk is not looked at.
#include "schemas/spec/parse/surroundings.hpp"

#include <filesystem>

namespace schemas {

std::string clean_path(const std::string& path) {
  std::string clean = std::filesystem::path(path).lexically_normal().string();
  while (clean.size() > 1 && clean.ends_with('/')) clean.pop_back();
  return clean;
}

std::string absolute_path(const std::string& path, const Surroundings& surroundings) {
  if (path.starts_with('/')) return clean_path(path);
  const auto home = surroundings.environment.find("HOME");
  const bool at_home = path == "~" || path.starts_with("~/");
  if (at_home && home != surroundings.environment.end()) {
    return clean_path(home->second + "/" + path.substr(1));
  }
  return clean_path(surroundings.working_directory + "/" + path);
}

}  // namespace schemas
