// Volumes, secrets and configs of the project, and a service's use of secrets and configs.
#pragma once

#include <string>
#include <vector>

#include "schemas/spec/parse/section.hpp"
#include "schemas/spec/parse/surroundings.hpp"
#include "schemas/spec/spec.hpp"

namespace schemas {

// An empty `name` means "<project>_<key>", or the key itself when it is external.
[[nodiscard]] SpecVolume parse_volume(const Node::Entry& entry, Findings& findings);

// `group` is "secrets" or "configs".
[[nodiscard]] SpecFile parse_file(const std::string& group, const Node::Entry& entry,
                                  const Surroundings& surroundings);

[[nodiscard]] std::vector<ServiceFile> parse_service_files(const Section& service,
                                                           const std::string& group,
                                                           Findings& findings);

}  // namespace schemas
