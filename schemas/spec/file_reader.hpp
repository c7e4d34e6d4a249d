// How the spec floor sees files: through a function, so that it never touches the disk itself.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "schemas/vocabulary/error.hpp"

namespace schemas {

// The text of the file at an absolute path; ErrorKind::NotFound when there is none.
using FileReader = std::function<Result<std::string>(const std::string& path)>;

using Environment = std::map<std::string, std::string>;

}  // namespace schemas
