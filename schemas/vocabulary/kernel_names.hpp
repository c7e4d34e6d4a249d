// The names that we give to objects of the kernel, so that it alone can tell what is ours.
#pragma once

#include <string>

#include "schemas/vocabulary/names.hpp"

namespace schemas {

// Names for one project of one instance. `instance` is empty for the default --run directory and
// eight hex digits of its path's digest otherwise: copies side by side never touch each other.
struct KernelNames {
  std::string instance;
  ProjectName project;

  // Links have at most 15 characters (IFNAMSIZ), so those carry a hash; link_alias tells the rest.
  [[nodiscard]] std::string bridge(const NetworkName& network) const;  // "br-tt" + 8 hex
  [[nodiscard]] std::string veth(const ContainerName& container,
                                 const NetworkName& network) const;  // "tt" + 12 hex
  [[nodiscard]] std::string link_alias()
      const;  // IFLA_IFALIAS of every link: "tutti:<instance>:shop"
  [[nodiscard]] std::uint32_t link_group() const;  // IFLA_GROUP: never 0
  [[nodiscard]] std::string table() const;   // nftables: "tutti_shop" or "tutti_<instance>_shop"
  [[nodiscard]] std::string cgroup() const;  // "tutti/shop" or "tutti/<instance>_shop"
};

// "" for the default run directory, else the digest's first eight digits.
[[nodiscard]] std::string instance_of(const std::string& run_directory);

inline constexpr const char* kDefaultRoot = "/var/lib/tutti";
inline constexpr const char* kDefaultRun = "/run/tutti";

}  // namespace schemas
