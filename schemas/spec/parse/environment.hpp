// `environment`, `env_file`, `labels` and `extra_hosts` of a service: lists or mappings of pairs.
#pragma once

#include <map>
#include <string>

#include "schemas/spec/parse/section.hpp"
#include "schemas/spec/parse/surroundings.hpp"

namespace schemas {

// env_file below environment; a key without value takes the project's variable or is left out.
[[nodiscard]] std::map<std::string, std::string> parse_environment(
    const Section& service, const Surroundings& surroundings);

[[nodiscard]] std::map<std::string, std::string> parse_labels(const Section& service,
                                                              Findings& findings);

[[nodiscard]] std::map<std::string, std::string> parse_extra_hosts(const Section& service,
                                                                   Findings& findings);

}  // namespace schemas
