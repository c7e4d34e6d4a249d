// Makes the names of kernel objects out of ours; what does not fit IFNAMSIZ becomes a hash.
#include "schemas/vocabulary/kernel_names.hpp"

#include <charconv>

#include "schemas/vocabulary/digest.hpp"

namespace schemas {

namespace {

// Parts are joined by "/", which no name of ours contains: ("a", "bc") and ("ab", "c") differ.
std::string hash_of(std::initializer_list<std::string_view> parts, std::size_t digits) {
  std::string text;
  for (const std::string_view part : parts) {
    text += part;
    text += '/';
  }
  return sha256_of(text).hex.substr(0, digits);
}

}  // namespace

std::string KernelNames::bridge(const NetworkName& network) const {
  return "br-tt" + hash_of({instance, project.text, network.text}, 8);
}

std::string KernelNames::veth(const ContainerName& container, const NetworkName& network) const {
  return "tt" + hash_of({instance, project.text, container.text, network.text}, 12);
}

std::string KernelNames::link_alias() const { return "tutti:" + instance + ":" + project.text; }

std::uint32_t KernelNames::link_group() const {
  const std::string hex = hash_of({instance, project.text}, 8);
  std::uint32_t group = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), group, 16);
  return group == 0 ? 1 : group;
}

std::string KernelNames::table() const {
  return instance.empty() ? "tutti_" + project.text : "tutti_" + instance + "_" + project.text;
}

std::string KernelNames::cgroup() const {
  return instance.empty() ? "tutti/" + project.text : "tutti/" + instance + "_" + project.text;
}

std::string instance_of(const std::string& run_directory) {
  std::string path = run_directory;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path == kDefaultRun ? std::string{} : sha256_of(path).hex.substr(0, 8);
}

}  // namespace schemas
