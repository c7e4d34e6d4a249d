// KernelWorld: this machine as a World, for one project.
#pragma once

#include <memory>

#include "orchestrator/execute/world.hpp"
#include "orchestrator/reconcile/desired.hpp"
#include "orchestrator/world/containers.hpp"
#include "orchestrator/world/networks.hpp"
#include "orchestrator/world/volumes.hpp"
#include "orchestrator/world/wake_set.hpp"

namespace orchestrator {

// Observation is kept up to date by wake-ups: an observe() costs what changed since the last one.
class KernelWorld final : public World {
 public:
  // Takes up whatever exists of the project; `held` is what the keeper kept, `descriptor_limit`
  // the soft limit that containers begin with. Holder and name service must outlive the world.
  static schemas::Result<std::unique_ptr<KernelWorld>> open(
      const runtime::StateLayout& layout, const schemas::KernelNames& names, Holder& holder,
      NameService& name_service, HeldDescriptors held, std::uint64_t descriptor_limit);

  schemas::Result<const ObservedState*> observe() override;
  schemas::Result<schemas::Change> perform(const Action& action) override;

  // Before an `up` touches anything: every source of a bind and every secret is there, and the host
  // ports are (now) ours. The error names container, reason and cure. Returns the ports that were
  // not ours before, for give_back() when nothing comes of the `up`.
  [[nodiscard]] schemas::Result<std::vector<schemas::PublishedPort>> prepare(
      const DesiredState& desired);
  void give_back(const std::vector<schemas::PublishedPort>& ports);

  // Readable when it is worth looking again.
  [[nodiscard]] const runtime::FileDescriptor& wakeups() const { return wakes_.descriptor(); }
  // The keeper says that it journaled an exit.
  void look_at_journal() { containers_->look_at_journal(); }

  // What taking up the project met that is worth telling, once.
  [[nodiscard]] std::vector<std::string> take_warnings() { return containers_->take_warnings(); }
  [[nodiscard]] std::string foreign_drop_warning() { return networks_.foreign_drop_warning(); }

 private:
  struct Performer;

  KernelWorld(const runtime::StateLayout& layout, const schemas::KernelNames& names, Holder& holder,
              Networks networks, WakeSet wakes);

  Holder& holder_;
  WakeSet wakes_;
  Networks networks_;
  Volumes volumes_;
  ObservedState state_;
  std::unique_ptr<Containers> containers_;
};

}  // namespace orchestrator
