// KernelWorld: each action goes to the room that knows how; each wake-up to the room it is about.
#include "orchestrator/world/kernel_world.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace orchestrator {

using schemas::Change;
using schemas::ErrorKind;
using schemas::Result;

KernelWorld::KernelWorld(const runtime::StateLayout& layout, const schemas::KernelNames& names,
                         Holder& holder, Networks networks, WakeSet wakes)
    : holder_(holder),
      wakes_(std::move(wakes)),
      networks_(std::move(networks)),
      volumes_(layout, names.project) {}

Result<std::unique_ptr<KernelWorld>> KernelWorld::open(const runtime::StateLayout& layout,
                                                       const schemas::KernelNames& names,
                                                       Holder& holder, NameService& name_service,
                                                       HeldDescriptors held,
                                                       std::uint64_t descriptor_limit) {
  auto host = runtime::observe_host();
  if (!host) return pass_up(host);
  host->descriptor_limit = descriptor_limit;
  auto networks = Networks::open(layout, names);
  if (!networks) return pass_up(networks);
  auto wakes = WakeSet::open();
  if (!wakes) return pass_up(wakes);
  std::unique_ptr<KernelWorld> world(
      new KernelWorld(layout, names, holder, std::move(*networks), std::move(*wakes)));
  if (auto watched = world->networks_.watch(world->wakes_); !watched) return pass_up(watched);
  world->networks_.recover_ports(held);
  if (auto read = world->volumes_.read(); !read) return pass_up(read);
  world->containers_ = std::make_unique<Containers>(ContainerPlace{.layout = layout,
                                                                   .names = names,
                                                                   .holder = holder,
                                                                   .name_service = name_service,
                                                                   .networks = world->networks_,
                                                                   .wakes = world->wakes_},
                                                    std::move(*host), world->state_.containers);
  if (auto recovered = world->containers_->recover(held); !recovered) return pass_up(recovered);
  for (const auto& [name, descriptor] : held) {
    if (auto dropped = holder.drop(name); !dropped) return pass_up(dropped);
  }
  return world;
}

Result<const ObservedState*> KernelWorld::observe() {
  bool links = false;
  for (const Wake& wake : wakes_.drain()) {
    if (wake.kind == WakeKind::Links) {
      links = true;
    } else if (wake.kind == WakeKind::VolumeFilled) {
      volumes_.finish_fill(schemas::VolumeName(wake.subject), wakes_);
    } else {
      containers_->look_at(wake);
    }
  }
  if (links) {
    networks_.drain();
    if (auto looked = containers_->look_at_links(); !looked) return pass_up(looked);
  }
  if (auto seen = networks_.observe(state_); !seen) return pass_up(seen);
  state_.volumes = volumes_.statuses();
  return &state_;
}

// One overload per kind of action; containers know their own.
struct KernelWorld::Performer {
  KernelWorld& world;

  Result<Change> operator()(const CreateNetwork& a) const {
    return world.networks_.create(a.config, a.subnet);
  }
  Result<Change> operator()(const DiscardNetwork& a) const {
    return world.networks_.discard(a.network);
  }
  Result<Change> operator()(const CreateVolume& a) const { return world.volumes_.create(a.config); }
  Result<Change> operator()(const FillVolume& a) const {
    return world.volumes_.begin_fill(a, world.wakes_);
  }
  Result<Change> operator()(const DiscardVolume& a) const {
    return world.volumes_.discard(a.volume, world.wakes_);
  }
  Result<Change> operator()(const ReservePort& a) const {
    return world.networks_.reserve(a.port, world.holder_);
  }
  Result<Change> operator()(const ReleasePort& a) const {
    return world.networks_.release(a.port, world.holder_);
  }
  Result<Change> operator()(const ApplyFirewall& a) const {
    return world.networks_.apply_firewall(a.config);
  }
  Result<Change> operator()(const WithdrawFirewall&) const {
    return world.networks_.withdraw_firewall();
  }
  template <typename ContainerAction>
  Result<Change> operator()(const ContainerAction& a) const {
    return world.containers_->perform(a);
  }
};

Result<Change> KernelWorld::perform(const Action& action) {
  return std::visit(Performer{*this}, action);
}

namespace {

// The file or directory behind a mount, when it must be there before anything is started.
Result<> check_source(const schemas::ContainerName& container, const schemas::MountConfig& mount) {
  const std::string* source = nullptr;
  if (const auto* bind = std::get_if<schemas::BindMount>(&mount)) {
    if (bind->missing == schemas::MissingSource::CreateDirectory) return {};
    source = &bind->source;
  } else if (const auto* file = std::get_if<schemas::FileMount>(&mount)) {
    source = &file->source;
  }
  if (source == nullptr) return {};
  struct stat found {};
  if (::stat(source->c_str(), &found) == 0) return {};
  const int error_number = errno;
  return schemas::fail(schemas::kind_of_errno(error_number),
                       "{}: the source of {} cannot be used: {}: {}; create it or correct the path",
                       container, schemas::target_of(mount), *source,
                       schemas::errno_text(error_number));
}

}  // namespace

Result<std::vector<schemas::PublishedPort>> KernelWorld::prepare(const DesiredState& desired) {
  for (const auto& [name, container] : desired.containers) {
    for (const schemas::MountConfig& mount : container.config.mounts) {
      if (auto checked = check_source(name, mount); !checked) return pass_up(checked);
    }
  }
  std::vector<schemas::PublishedPort> taken;
  for (const auto& [name, container] : desired.containers) {
    for (const schemas::PublishedPort& port : container.config.ports) {
      auto reserved = networks_.reserve(port, holder_);
      if (reserved) {
        if (*reserved == Change::Made) taken.push_back(port);
        continue;
      }
      give_back(taken);
      return pass_up(reserved, "{}", name);
    }
  }
  return taken;
}

void KernelWorld::give_back(const std::vector<schemas::PublishedPort>& ports) {
  for (const schemas::PublishedPort& port : ports) {
    // Fails only with the keeper's socket, and then its replacement is not given the port.
    static_cast<void>(networks_.release(port, holder_));
  }
}

}  // namespace orchestrator
