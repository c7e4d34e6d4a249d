// The dotenv phase: `.env` files and `env_file` entries as variables (compose's dotenv grammar).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/spec/file_reader.hpp"

namespace schemas {

enum class DotenvFormat : std::uint8_t { Quoted, Raw };  // Raw: no quotes, no interpolation

// The variables of one file. A value may use `outer` and the variables above it; a key without a
// value inherits from `outer`. An error names "file:line".
[[nodiscard]] Result<Environment> read_dotenv(std::string_view text, const std::string& file,
                                              const Environment& outer,
                                              DotenvFormat format = DotenvFormat::Quoted);

enum class MissingFile : std::uint8_t { Refuse, Skip };

// The process environment over the variables of `files` (later files win). The default `.env` is
// read with Skip, the files of `--env-file` with Refuse.
[[nodiscard]] Result<Environment> with_dotenv(const Environment& process,
                                              const std::vector<std::string>& files,
                                              MissingFile missing, const FileReader& read);

}  // namespace schemas
