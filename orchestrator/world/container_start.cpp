// The start of a container: its network namespace, the launch, and the news whether exec worked.
#include <utility>

#include "orchestrator/reconcile/health.hpp"
#include "orchestrator/world/containers.hpp"
#include "runtime/container/launch.hpp"
#include "runtime/sys/clock.hpp"
#include "runtime/sys/files.hpp"

namespace orchestrator {

using schemas::Change;
using schemas::ContainerState;
using schemas::Result;

Result<> Containers::ensure_endpoint_set(LiveContainer& container, HeldDescriptors& held) {
  const schemas::ContainerConfig& config = container.record.config;
  if (config.network_mode != schemas::NetworkMode::Bridged || container.endpoint_set) return {};
  auto set = network::create_endpoint_set();
  if (!set) return pass_up(set, "network namespace of {}", config.name);
  auto attached =
      place_.networks.attach(*set, config.name, config.endpoints, container.record.endpoints);
  if (!attached) return pass_up(attached, "attach {}", config.name);
  for (schemas::EndpointStatus& endpoint : statuses_[config.name].endpoints) {
    endpoint.attached = true;
  }
  container.endpoint_set = std::move(*set);
  if (auto kept = place_.holder.hold(endpoint_set_name(config.name), container.endpoint_set);
      !kept) {
    return pass_up(kept);
  }
  return serve_names(container, held);
}

Result<> Containers::serve_names(LiveContainer& container, HeldDescriptors& held) {
  const schemas::ContainerName& name = container.record.config.name;
  network::DnsSockets sockets{.udp = take_held(held, dns_udp_name(name)),
                              .tcp = take_held(held, dns_tcp_name(name))};
  if (!sockets.udp || !sockets.tcp) {
    auto opened = network::open_dns_sockets(container.endpoint_set);
    if (!opened) return pass_up(opened, "name service of {}", name);
    sockets = std::move(*opened);
    // Held, so that questions wait in the sockets while no supervisor is there to answer.
    if (auto kept = place_.holder.hold(dns_udp_name(name), sockets.udp); !kept) {
      return pass_up(kept);
    }
    if (auto kept = place_.holder.hold(dns_tcp_name(name), sockets.tcp); !kept) {
      return pass_up(kept);
    }
  }
  place_.name_service.add(name, std::move(sockets));
  return {};
}

Result<Change> Containers::perform(const StartContainer& action) {
  auto container = find(action.container);
  if (!container) return pass_up(container);
  LiveContainer& live = **container;
  let_go_of_process(live);
  auto launched = launch(live, action);
  if (!launched) {
    live.record.state = ContainerState::FailedToStart;
    live.record.generation = action.generation;
    live.record.failure = launched.error().text();
    live.record.exit = schemas::ExitStatus{.code = 125};
    live.record.finished = runtime::boot_now();
    live.record.finished_at = runtime::wall_now();
    save(live);
    return pass_up(launched);
  }
  return Change::Made;
}

Result<> Containers::launch(LiveContainer& container, const StartContainer& action) {
  HeldDescriptors none;
  if (auto made = ensure_endpoint_set(container, none); !made) return pass_up(made);
  auto launched = runtime::launch_container(
      {.layout = place_.layout,
       .names = place_.names,
       .record = container.record,
       .network_namespace = container.endpoint_set ? &container.endpoint_set : nullptr,
       .parentage = runtime::Parentage::Sibling},
      host_);
  if (!launched) return pass_up(launched);

  runtime::ContainerRecord& record = container.record;
  record.process = launched->process;
  record.state = ContainerState::Starting;
  record.generation = action.generation;
  record.started = runtime::boot_now();
  record.started_at = runtime::wall_now();
  record.restart_count = action.restart_count;
  record.backoff = action.backoff;
  record.stop_sent.reset();
  record.kill_sent.reset();
  record.stop_wanted = false;
  record.exit.reset();
  record.failure.clear();
  record.health = first_health(record.config.health);
  container.exit_seen = false;
  container.pidfd = std::move(launched->pidfd);
  container.report = std::move(launched->report);

  // The record must be on disk before the program runs: whoever comes after us must know of it.
  publish(container);
  if (auto saved = runtime::write_state_record(place_.layout, place_.names.project, record);
      !saved) {
    return pass_up(saved);  // the gate closes with `launched`, so the child ends
  }
  if (auto handed =
          hand_to_holder(container, launched->stdout_fifo, launched->stderr_fifo, Kinship::Child);
      !handed) {
    return pass_up(handed);
  }
  if (auto watched =
          place_.wakes.watch(container.report, {WakeKind::StartReport, record.config.name.text});
      !watched) {
    return pass_up(watched);
  }
  return runtime::release(*launched);
}

Result<> Containers::hand_to_holder(LiveContainer& container,
                                    const runtime::FileDescriptor& standard_output,
                                    const runtime::FileDescriptor& standard_error,
                                    Kinship kinship) {
  const schemas::ContainerName& name = container.record.config.name;
  if (auto held =
          place_.holder.hold_process(name, container.record.process, container.pidfd, kinship);
      !held) {
    return pass_up(held);
  }
  auto directory = runtime::ensure_directory(place_.layout.log(place_.names.project, name));
  if (!directory) return pass_up(directory, "log of {}", name);
  if (auto moved = place_.holder.move_logs(name, standard_output, standard_error, *directory);
      !moved) {
    return pass_up(moved);
  }
  return place_.wakes.watch(container.pidfd, {WakeKind::Exit, name.text});
}

void Containers::look_at_report(LiveContainer& container) {
  if (!container.report) return;
  const runtime::StartReport report = runtime::read_start_report(container.report);
  if (report.outcome == runtime::StartOutcome::Pending) return;
  place_.wakes.forget(container.report);
  container.report.close();
  if (report.outcome == runtime::StartOutcome::Running) {
    container.record.state = ContainerState::Running;
    return save(container);
  }
  let_go_of_process(container);
  container.record.state = ContainerState::FailedToStart;
  container.record.failure = report.text;
  container.record.exit = schemas::ExitStatus{.code = report.exit_code};
  container.record.finished = runtime::boot_now();
  container.record.finished_at = runtime::wall_now();
  save(container);
}

}  // namespace orchestrator
