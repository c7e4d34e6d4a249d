// The life of a container outside its start and its end: create, attach, stop, kill, discard.
#include "orchestrator/world/containers.hpp"

#include <algorithm>
#include <utility>

#include "runtime/container/create.hpp"
#include "runtime/container/observe.hpp"
#include "runtime/sys/clock.hpp"

namespace orchestrator {

using schemas::Change;
using schemas::ContainerName;
using schemas::ErrorKind;
using schemas::Result;

Containers::Containers(ContainerPlace place, runtime::HostFacts host, ContainerStatuses& statuses)
    : place_(std::move(place)), host_(std::move(host)), statuses_(statuses) {}

Result<LiveContainer*> Containers::find(const ContainerName& container) {
  const auto found = containers_.find(container);
  if (found == containers_.end()) {
    return schemas::fail(ErrorKind::NotFound, "container {} is not there", container);
  }
  return &found->second;
}

void Containers::publish(const LiveContainer& container) {
  schemas::ContainerStatus status = runtime::status_of(container.record);
  schemas::ContainerStatus& shown = statuses_[container.record.config.name];
  // What links look like is not in the record; it stays as it was seen.
  for (schemas::EndpointStatus& endpoint : status.endpoints) {
    const auto seen =
        std::ranges::find(shown.endpoints, endpoint.network, &schemas::EndpointStatus::network);
    if (seen != shown.endpoints.end()) endpoint.attached = seen->attached;
  }
  shown = std::move(status);
}

void Containers::save(LiveContainer& container) {
  publish(container);
  // A record that cannot be written (full disk) costs the next supervisor some knowledge, which it
  // regains from the kernel; the container itself goes on.
  static_cast<void>(
      runtime::write_state_record(place_.layout, place_.names.project, container.record));
}

Result<Change> Containers::perform(const CreateContainer& action) {
  std::optional<schemas::Ipv4Address> gateway;
  if (!action.endpoints.empty()) {
    gateway = place_.networks.gateway_of(action.endpoints.front().network);
  }
  auto record = runtime::create_container({.layout = place_.layout,
                                           .names = place_.names,
                                           .config = action.config,
                                           .endpoints = action.endpoints,
                                           .host_gateway = gateway,
                                           .now = runtime::wall_now()},
                                          host_);
  if (!record) return pass_up(record);
  LiveContainer& container = containers_[action.config.name];
  container = LiveContainer{};
  container.record = std::move(*record);
  publish(container);
  HeldDescriptors none;
  if (auto made = ensure_endpoint_set(container, none); !made) return pass_up(made);
  return Change::Made;
}

Result<Change> Containers::perform(const AttachEndpoint& action) {
  auto container = find(action.container);
  if (!container) return pass_up(container);
  LiveContainer& live = **container;
  if (!live.endpoint_set) {
    return schemas::fail(ErrorKind::NotFound, "{} has no network namespace", action.container);
  }
  auto attached = place_.networks.attach(live.endpoint_set, action.container,
                                         live.record.config.endpoints, live.record.endpoints);
  if (!attached) return pass_up(attached);
  if (auto looked = look_at_links(); !looked) return pass_up(looked);
  return *attached;
}

Result<Change> Containers::perform(const StopContainer& action) {
  auto container = find(action.container);
  if (!container) return pass_up(container);
  LiveContainer& live = **container;
  if (live.pidfd) {
    if (auto sent = runtime::send_signal(live.pidfd, action.signal); !sent) return pass_up(sent);
  }
  live.record.stop_sent = runtime::boot_now();
  live.record.stop_wanted = true;
  save(live);
  return Change::Made;
}

Result<Change> Containers::perform(const KillContainer& action) {
  auto container = find(action.container);
  if (!container) return pass_up(container);
  LiveContainer& live = **container;
  if (auto killed =
          runtime::kill_cgroup(host_.cgroups, runtime::cgroup_path(place_.names, action.container));
      !killed) {
    return pass_up(killed);
  }
  if (live.pidfd) {
    if (auto sent = runtime::send_signal(live.pidfd, 9); !sent) return pass_up(sent);
  }
  live.record.kill_sent = runtime::boot_now();
  live.record.stop_wanted = true;
  save(live);
  return Change::Made;
}

Result<Change> Containers::perform(const DiscardContainer& action) {
  const auto found = containers_.find(action.container);
  if (found != containers_.end()) {
    LiveContainer& live = found->second;
    end_probe(live);
    let_go_of_process(live);
    if (live.endpoint_set) {
      // The namespace dies with its last descriptor, and its veths with it: far cheaper than
      // deleting links. The DNS sockets are descriptors of it, too.
      place_.name_service.remove(action.container);
      for (const std::string& name :
           {endpoint_set_name(action.container), dns_udp_name(action.container),
            dns_tcp_name(action.container)}) {
        if (auto dropped = place_.holder.drop(name); !dropped) return pass_up(dropped);
      }
    }
    containers_.erase(found);
  }
  auto discarded = runtime::discard_container(place_.layout, place_.names, action.container, host_);
  if (!discarded) return pass_up(discarded);
  statuses_.erase(action.container);
  return Change::Made;
}

Result<> Containers::look_at_links() {
  auto links = place_.networks.observe_links();
  if (!links) return pass_up(links);
  for (auto& [name, status] : statuses_) {
    for (schemas::EndpointStatus& endpoint : status.endpoints) {
      endpoint.attached = place_.networks.is_attached(*links, name, endpoint.network);
    }
  }
  return {};
}

void Containers::look_at(const Wake& wake) {
  if (wake.kind == WakeKind::DyingProbe) return reap_dying_probes();
  const auto found = containers_.find(ContainerName(wake.subject));
  if (found == containers_.end()) return;
  switch (wake.kind) {
    case WakeKind::Exit:
      return look_at_exit(found->second);
    case WakeKind::StartReport:
      return look_at_report(found->second);
    case WakeKind::ProbeOutput:
      return look_at_probe_output(found->second);
    case WakeKind::ProbeExit:
      return look_at_probe_exit(found->second);
    case WakeKind::DyingProbe:
    case WakeKind::VolumeFilled:
    case WakeKind::Links:
      return;  // not about a container
  }
}

}  // namespace orchestrator
