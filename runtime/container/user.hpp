// Users as a container knows them: its own passwd and group files, read as hostile text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary/error.hpp"

namespace runtime {

// Who a process is. `groups` always holds `gid`.
struct ProcessUser {
  std::uint32_t uid{0};
  std::uint32_t gid{0};
  std::vector<std::uint32_t> groups;  // sorted
  std::string home{"/"};
  friend bool operator==(const ProcessUser&, const ProcessUser&) = default;
};

// Resolves "", "name", "uid", "uid:gid", "name:group". Digits are a number first, whatever passwd
// says; numbers end at 2^31-1. Pure: the texts of /etc/passwd and /etc/group (empty when absent).
[[nodiscard]] schemas::Result<ProcessUser> resolve_user(std::string_view user,
                                                        std::string_view passwd,
                                                        std::string_view group);

}  // namespace runtime
