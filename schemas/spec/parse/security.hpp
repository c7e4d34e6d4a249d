// Capabilities, security options and signals of a service.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schemas/spec/parse/section.hpp"

namespace schemas {

// Without "CAP_", upper case, sorted, each once; "ALL" is allowed.
[[nodiscard]] std::vector<std::string> parse_capabilities(const Section& service,
                                                          std::string_view key);

[[nodiscard]] std::vector<std::string> parse_security_options(const Section& service);

// "SIGTERM" (always with SIG) or a number.
[[nodiscard]] std::optional<std::string> parse_stop_signal(const Section& service);

}  // namespace schemas
