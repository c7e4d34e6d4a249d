// Containers: the project's containers on this machine; their life from create to discard.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/reconcile/action.hpp"
#include "orchestrator/world/held.hpp"
#include "orchestrator/world/holder.hpp"
#include "orchestrator/world/live_container.hpp"
#include "orchestrator/world/name_service.hpp"
#include "orchestrator/world/networks.hpp"
#include "orchestrator/world/wake_set.hpp"
#include "runtime/container/host.hpp"
#include "runtime/journal/exit_journal.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/kernel_names.hpp"

namespace orchestrator {

// Where containers live and who serves them; all outlive Containers.
struct ContainerPlace {
  runtime::StateLayout layout;
  schemas::KernelNames names;
  Holder& holder;
  NameService& name_service;
  Networks& networks;
  WakeSet& wakes;
};

// The end of a process that nobody was there to see.
inline constexpr schemas::ExitStatus kNobodySaw{.code = 255, .known = false};

using ContainerStatuses = std::map<schemas::ContainerName, schemas::ContainerStatus>;

// Every change of a container is written to its record and shown in `statuses` at once.
class Containers {
 public:
  Containers(ContainerPlace place, runtime::HostFacts host, ContainerStatuses& statuses);

  // Takes up what records, holder and kernel show: start-up after whatever happened.
  [[nodiscard]] schemas::Result<> recover(HeldDescriptors& held);

  [[nodiscard]] schemas::Result<schemas::Change> perform(const CreateContainer& action);
  [[nodiscard]] schemas::Result<schemas::Change> perform(const AttachEndpoint& action);
  [[nodiscard]] schemas::Result<schemas::Change> perform(const StartContainer& action);
  [[nodiscard]] schemas::Result<schemas::Change> perform(const StopContainer& action);
  [[nodiscard]] schemas::Result<schemas::Change> perform(const KillContainer& action);
  [[nodiscard]] schemas::Result<schemas::Change> perform(const DiscardContainer& action);
  [[nodiscard]] schemas::Result<schemas::Change> perform(const StartProbe& action);
  [[nodiscard]] schemas::Result<schemas::Change> perform(const KillProbe& action);

  // One wake-up about a container, or about a probe that outlived its own.
  void look_at(const Wake& wake);
  // The keeper wrote to the exit journal: those that wait for their entry look again.
  void look_at_journal();
  // Links changed: which endpoints are attached is asked anew.
  [[nodiscard]] schemas::Result<> look_at_links();

  // What recovery met that is worth telling, once.
  [[nodiscard]] std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }

 private:
  [[nodiscard]] schemas::Result<LiveContainer*> find(const schemas::ContainerName& container);
  void publish(const LiveContainer& container);
  void save(LiveContainer& container);

  // container_start.cpp
  [[nodiscard]] schemas::Result<> ensure_endpoint_set(LiveContainer& container,
                                                      HeldDescriptors& held);
  [[nodiscard]] schemas::Result<> serve_names(LiveContainer& container, HeldDescriptors& held);
  [[nodiscard]] schemas::Result<> launch(LiveContainer& container, const StartContainer& action);
  [[nodiscard]] schemas::Result<> hand_to_holder(LiveContainer& container,
                                                 const runtime::FileDescriptor& standard_output,
                                                 const runtime::FileDescriptor& standard_error,
                                                 Kinship kinship);
  void look_at_report(LiveContainer& container);

  // container_end.cpp
  void look_at_exit(LiveContainer& container);
  void settle_end(LiveContainer& container, const runtime::ExitedProcess& exited);
  void finish(LiveContainer& container, const runtime::ExitedProcess& exited);
  void void_start(LiveContainer& container);
  void let_go_of_process(LiveContainer& container);

  // probes.cpp
  void look_at_probe_output(LiveContainer& container);
  void look_at_probe_exit(LiveContainer& container);
  void end_probe(LiveContainer& container);
  void reap_dying_probes();

  // container_recovery.cpp
  [[nodiscard]] schemas::Result<> recover_one(LiveContainer& container, HeldDescriptors& held);
  [[nodiscard]] schemas::Result<> recover_endpoint_set(LiveContainer& container,
                                                       HeldDescriptors& held);
  [[nodiscard]] schemas::Result<> watch_again(LiveContainer& container);
  [[nodiscard]] schemas::Result<> adopt(LiveContainer& container);
  void judge_start(LiveContainer& container);
  void recover_end(LiveContainer& container);

  ContainerPlace place_;
  runtime::HostFacts host_;
  ContainerStatuses& statuses_;
  std::map<schemas::ContainerName, LiveContainer> containers_;
  std::vector<runtime::FileDescriptor> dying_probes_;  // killed, to be reaped
  std::vector<std::string> warnings_;
};

}  // namespace orchestrator
