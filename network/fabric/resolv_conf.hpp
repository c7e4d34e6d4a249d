// resolv.conf (resolv.conf(5)): the host's resolvers, and the file that a container gets. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary/subnet.hpp"

namespace network {

struct ResolvConf {
  std::vector<schemas::Ipv4Address> servers;  // IPv4 only, in order, at most three
  std::vector<std::string> search;
  std::vector<std::string> options;
  friend bool operator==(const ResolvConf&, const ResolvConf&) = default;
};

// Reads what it understands and skips the rest, as the resolver does.
[[nodiscard]] ResolvConf read_resolv_conf(std::string_view text);

// A container's file: 127.0.0.11, the host's search list, its options and ndots:0 unless it has
// one.
[[nodiscard]] std::string write_container_resolv_conf(const ResolvConf& host);

}  // namespace network
