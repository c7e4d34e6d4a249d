// Whose a link is, as the kernel's own state tells.
#pragma once

#include "network/netlink/link.hpp"
#include "schemas/vocabulary/kernel_names.hpp"

namespace network {

// By alias; a link that was born but did not get its alias yet (we died in between) by its group.
[[nodiscard]] inline bool is_ours(const Link& link, const schemas::KernelNames& names) {
  if (link.alias.empty()) return link.group == names.link_group();
  return link.alias == names.link_alias();
}

}  // namespace network
