// Loading a project: the face of the spec floor, from file names to a checked Spec.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/spec/file_reader.hpp"
#include "schemas/spec/spec.hpp"
#include "schemas/vocabulary/finding.hpp"

namespace schemas {

struct LoadRequest {
  std::vector<std::string> files;           // absolute, as given by -f or found
  std::string working_directory;            // absolute project directory
  std::optional<std::string> project_name;  // -p
  Environment environment;                  // the process environment over .env (with_dotenv)
};

struct LoadedSpec {
  Spec spec;
  std::vector<Finding> warnings;
};

// All errors of the project at once, sorted by place, or the Spec.
//
//   text ─▶ Document ─▶ interpolate ─▶ parse (keys, sections) ─▶ check ─▶ resolve
[[nodiscard]] std::expected<LoadedSpec, std::vector<Finding>> load_spec(const LoadRequest& request,
                                                                        const FileReader& read);

// The model as write_spec printed it: nothing is interpolated, no file is read.
[[nodiscard]] std::expected<Spec, std::vector<Finding>> read_spec_model(std::string_view json);

// "My Shop" -> "myshop": lower case, only [a-z0-9_-], no leading "_" or "-". May become empty.
[[nodiscard]] std::string normalise_project_name(std::string_view text);

}  // namespace schemas
