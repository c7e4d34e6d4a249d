// FakeWorld: what each action does to the map, and what the map does by itself.
#include "tests/model/fake_world.hpp"

#include <algorithm>

#include "orchestrator/reconcile/health.hpp"

namespace tests {

using namespace orchestrator;
using schemas::Change;
using schemas::ContainerState;
using schemas::ContainerStatus;
using schemas::NetworkName;
using schemas::Result;
using schemas::VolumeState;

namespace {

constexpr Duration kExecTakes{std::chrono::milliseconds{1}};
constexpr Duration kFillTakes{std::chrono::milliseconds{3}};

bool is_live(const ContainerStatus& status) {
  return status.state == ContainerState::Starting || status.state == ContainerState::Running;
}

}  // namespace

// One overload per kind of action.
struct FakePerformer {
  FakeWorld& world;

  ContainerStatus* find(const ContainerName& name) const {
    const auto found = world.state.containers.find(name);
    world.expect(found != world.state.containers.end(), "no container " + name.text);
    return found == world.state.containers.end() ? nullptr : &found->second;
  }

  void operator()(const CreateNetwork& action) const {
    const auto found = world.state.networks.find(action.config.name);
    world.expect(found == world.state.networks.end() || !found->second.bridge_up,
                 "network is there already: " + action.config.name.text);
    for (const auto& subnet : world.state.taken_subnets) {
      world.expect(action.config.subnet || !subnet.overlaps(action.subnet),
                   "subnet of somebody else: " + action.subnet.text());
    }
    world.state.networks[action.config.name] = {action.config, action.subnet, true};
  }
  void operator()(const DiscardNetwork& action) const {
    for (const auto& [name, status] : world.state.containers) {
      for (const auto& endpoint : status.endpoints) {
        world.expect(endpoint.network != action.network, "network in use: " + action.network.text);
      }
    }
    world.expect(world.state.networks.erase(action.network) == 1, "no network to discard");
  }
  void operator()(const CreateVolume& action) const {
    world.expect(!world.state.volumes.contains(action.config.name), "volume is there already");
    world.state.volumes[action.config.name] = {action.config, VolumeState::Empty};
  }
  void operator()(const FillVolume& action) const {
    const auto found = world.state.volumes.find(action.volume);
    world.expect(found != world.state.volumes.end() && found->second.state == VolumeState::Empty,
                 "cannot fill " + action.volume.text);
    if (found == world.state.volumes.end()) return;
    found->second.state = VolumeState::Filling;
    world.later(kFillTakes, [this_world = &world, volume = action.volume] {
      const auto filled = this_world->state.volumes.find(volume);
      if (filled != this_world->state.volumes.end()) filled->second.state = VolumeState::Ready;
    });
  }
  void operator()(const DiscardVolume& action) const {
    world.expect(world.state.volumes.erase(action.volume) == 1, "no volume to discard");
  }
  void operator()(const ReservePort& action) const {
    auto& ports = world.state.reserved_ports;
    world.expect(std::find(ports.begin(), ports.end(), action.port) == ports.end(),
                 "port is ours already");
    ports.push_back(action.port);
    std::sort(ports.begin(), ports.end());
  }
  void operator()(const ReleasePort& action) const {
    world.expect(std::erase(world.state.reserved_ports, action.port) == 1, "no port to release");
  }
  void operator()(const ApplyFirewall& action) const {
    world.state.firewall = {true, fingerprint(action.config)};
  }
  void operator()(const WithdrawFirewall&) const { world.state.firewall = {}; }
  void operator()(const CreateContainer& action) const {
    world.expect(!world.state.containers.contains(action.config.name), "container exists");
    for (const auto& endpoint : action.endpoints) {
      const auto network = world.state.networks.find(endpoint.network);
      world.expect(network != world.state.networks.end() &&
                       network->second.subnet.contains(endpoint.address),
                   "address outside of its network: " + endpoint.address.text());
      for (const auto& [name, other] : world.state.containers) {
        for (const auto& taken : other.endpoints) {
          world.expect(taken.network != endpoint.network || taken.address != endpoint.address,
                       "address is taken: " + endpoint.address.text());
        }
      }
    }
    ContainerStatus status;
    status.config = action.config;
    status.fingerprint = fingerprint(action.config);
    status.endpoints = action.endpoints;
    world.state.containers[action.config.name] = status;
  }
  void operator()(const AttachEndpoint& action) const {
    ContainerStatus* status = find(action.container);
    if (status == nullptr) return;
    for (auto& endpoint : status->endpoints) {
      if (endpoint.network == action.endpoint.network) endpoint.attached = true;
    }
  }
  void operator()(const StartContainer& action) const {
    ContainerStatus* status = find(action.container);
    if (status == nullptr) return;
    check_start(*status);
    const std::uint64_t run = ++world.runs_[action.container];
    status->state = ContainerState::Starting;
    status->generation = action.generation;
    status->restart_count = action.restart_count;
    status->backoff = action.backoff;
    status->started = world.now_;
    status->stop_sent.reset();
    status->kill_sent.reset();
    status->stop_wanted = false;
    status->exit.reset();
    status->failure.clear();
    status->health = first_health(status->config.health);
    for (auto& endpoint : status->endpoints) endpoint.attached = true;
    world.later(kExecTakes, [this_world = &world, name = action.container, run] {
      FakePerformer{*this_world}.exec(name, run);
    });
  }
  void check_start(const ContainerStatus& status) const {
    world.expect(!is_live(status), "starts what runs: " + status.config.name.text);
    for (const auto& mount : status.config.mounts) {
      const auto* volume = std::get_if<schemas::VolumeMount>(&mount);
      if (volume == nullptr || volume->copy_up == schemas::CopyUp::None) continue;
      world.expect(world.state.volumes.contains(volume->volume) &&
                       world.state.volumes.at(volume->volume).state == VolumeState::Ready,
                   "starts on a volume that is not filled");
    }
    for (const auto& port : status.config.ports) {
      const auto& ports = world.state.reserved_ports;
      world.expect(std::find(ports.begin(), ports.end(), port) != ports.end(),
                   "starts without its port");
    }
    world.expect(status.config.endpoints.empty() || world.state.firewall.intact,
                 "starts without a firewall");
  }
  void exec(const ContainerName& name, std::uint64_t run) const {
    const auto found = world.state.containers.find(name);
    if (found == world.state.containers.end() || world.runs_[name] != run) return;
    ContainerStatus& status = found->second;
    if (status.state != ContainerState::Starting) return;
    const Program& program = world.programs_[name];
    if (!program.cannot_start.empty()) {
      status.state = ContainerState::FailedToStart;
      status.failure = program.cannot_start;
      status.exit = schemas::ExitStatus{.code = 127};
      status.finished = world.now_;
      return;
    }
    status.state = ContainerState::Running;
    status.pid = 1000 + static_cast<std::int32_t>(run);
    if (!program.runs_for) return;
    world.later(*program.runs_for, [this_world = &world, name, run] {
      this_world->exit(name, run, this_world->programs_[name].exit_code);
    });
  }
  void operator()(const StopContainer& action) const {
    ContainerStatus* status = find(action.container);
    if (status == nullptr) return;
    world.expect(is_live(*status) && !status->stop_sent, "stops what does not run");
    status->stop_sent = world.now_;
    status->stop_wanted = true;
    const Program& program = world.programs_[action.container];
    if (program.ignores_stop) return;
    world.later(program.stops_after,
                [this_world = &world, name = action.container,
                 run = world.runs_[action.container]] { this_world->exit(name, run, 143); });
  }
  void operator()(const KillContainer& action) const {
    ContainerStatus* status = find(action.container);
    if (status == nullptr) return;
    world.expect(is_live(*status) && !status->kill_sent, "kills what does not run");
    status->kill_sent = world.now_;
    status->stop_wanted = true;
    world.later(kExecTakes,
                [this_world = &world, name = action.container,
                 run = world.runs_[action.container]] { this_world->exit(name, run, 137); });
  }
  void operator()(const DiscardContainer& action) const {
    const ContainerStatus* status = find(action.container);
    if (status == nullptr) return;
    world.expect(!is_live(*status), "discards what runs");
    world.state.containers.erase(action.container);
  }
  void operator()(const StartProbe& action) const {
    ContainerStatus* status = find(action.container);
    if (status == nullptr) return;
    world.expect(status->state == ContainerState::Running && !status->health.probe_started,
                 "probes out of turn");
    status->health.probe_started = world.now_;
    const Program& program = world.programs_[action.container];
    const bool passes = world.now_ - status->started >= program.healthy_after;
    world.later(program.probe_takes, [this_world = &world, name = action.container, passes] {
      FakePerformer{*this_world}.end_probe(name, passes ? 0 : 1);
    });
  }
  void end_probe(const ContainerName& name, int code) const {
    const auto found = world.state.containers.find(name);
    if (found == world.state.containers.end() || !found->second.health.probe_started) return;
    ContainerStatus& status = found->second;
    status.health = after_probe(status.health, *status.config.health,
                                {.started = *status.health.probe_started,
                                 .ended = world.now_,
                                 .exit_code = code,
                                 .output = {}},
                                status.started);
  }
  void operator()(const KillProbe& action) const { end_probe(action.container, -1); }
};

Result<const ObservedState*> FakeWorld::observe() { return &state; }

Result<Change> FakeWorld::perform(const Action& action) {
  const std::string text = describe(action);
  for (Failure& failure : failures_) {
    if (failure.times == 0 || !text.starts_with(failure.beginning)) continue;
    --failure.times;
    return schemas::fail(failure.kind, "{}: scripted failure", text);
  }
  std::visit(FakePerformer{*this}, action);
  done.push_back(text);
  if (after_each_action) after_each_action();
  return Change::Made;
}

void FakeWorld::advance_to(Instant moment) {
  for (auto next = next_event(); next && *next <= moment; next = next_event()) {
    now_ = std::max(now_, *next);
    const auto due =
        std::min_element(timeline_.begin(), timeline_.end(),
                         [](const Timed& left, const Timed& right) { return left.at < right.at; });
    const std::function<void()> happen = std::move(due->happen);
    timeline_.erase(due);
    happen();
  }
  now_ = std::max(now_, moment);
}

std::optional<Instant> FakeWorld::next_event() const {
  std::optional<Instant> next;
  for (const Timed& timed : timeline_) next = next ? std::min(*next, timed.at) : timed.at;
  return next;
}

void FakeWorld::fail_next(std::string beginning, int times, schemas::ErrorKind kind) {
  failures_.push_back({std::move(beginning), times, kind});
}

void FakeWorld::kill(const std::string& container, int code) {
  exit(ContainerName(container), runs_[ContainerName(container)], code);
}

void FakeWorld::later(Duration duration, std::function<void()> happen) {
  timeline_.push_back({now_ + duration, std::move(happen)});
}

void FakeWorld::expect(bool holds, const std::string& otherwise) {  // NOLINT
  if (!holds) violations.push_back(otherwise);
}

void FakeWorld::exit(const ContainerName& container, std::uint64_t run, int code) {
  const auto found = state.containers.find(container);
  if (found == state.containers.end() || runs_[container] != run || !is_live(found->second)) return;
  ContainerStatus& status = found->second;
  status.state = ContainerState::Exited;
  status.exit = schemas::ExitStatus{.code = code};
  status.finished = now_;
  status.pid = 0;
  status.health.probe_started.reset();
}

}  // namespace tests
