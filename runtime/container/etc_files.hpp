// The three files of /etc that every container gets, as texts. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary/config/container_config.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/status.hpp"

namespace runtime {

// localhost, extra_hosts and the container's own addresses. With the host's network and no
// extra_hosts it is the host's file. No IPv6 lines: a container's namespace has it off.
[[nodiscard]] schemas::Result<std::string> write_hosts(
    const schemas::ContainerConfig& config, const std::vector<schemas::EndpointStatus>& endpoints,
    std::optional<schemas::Ipv4Address> host_gateway, std::string_view host_text);

// Bridged: our resolver, the host's search list and options, and ndots:0. Else the host's file.
[[nodiscard]] std::string write_resolv_conf(const schemas::ContainerConfig& config,
                                            std::string_view host_text);

}  // namespace runtime
