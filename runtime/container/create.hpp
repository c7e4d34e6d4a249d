// Making a container's place on disk, and removing it without a trace.
#pragma once

#include <optional>
#include <vector>

#include "runtime/container/host.hpp"
#include "runtime/container/record.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/kernel_names.hpp"

namespace runtime {

struct CreateRequest {
  const StateLayout& layout;
  const schemas::KernelNames& names;
  const schemas::ContainerConfig& config;
  const std::vector<schemas::EndpointStatus>& endpoints;
  std::optional<schemas::Ipv4Address> host_gateway;  // what "host-gateway" in extra_hosts means
  schemas::WallTime now;
};

// Makes directories, /etc files, copies of secrets and configs, and last the record (so a create
// that was cut short is no container, and is simply done again). NotFound names a missing secret
// file.
[[nodiscard]] schemas::Result<ContainerRecord> create_container(const CreateRequest& request,
                                                                const HostFacts& host);

// Removes cgroup, directories and record of a container that does not run; absent parts are fine.
[[nodiscard]] schemas::Result<> discard_container(const StateLayout& layout,
                                                  const schemas::KernelNames& names,
                                                  const schemas::ContainerName& container,
                                                  const HostFacts& host);

// "tutti/shop/shop-web-1": the path in every cgroup hierarchy.
[[nodiscard]] std::string cgroup_path(const schemas::KernelNames& names,
                                      const schemas::ContainerName& container);

}  // namespace runtime
