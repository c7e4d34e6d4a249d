// Volumes on disk: one directory and one small record each.
#include "orchestrator/world/volumes.hpp"

#include <csignal>
#include <utility>

#include "runtime/sys/files.hpp"
#include "runtime/sys/process.hpp"
#include "schemas/vocabulary/document.hpp"

namespace orchestrator {

using schemas::Change;
using schemas::ErrorKind;
using schemas::Node;
using schemas::Result;
using schemas::VolumeName;
using schemas::VolumeState;
using schemas::VolumeStatus;

namespace {

constexpr const char* kRecord = "volume.json";
constexpr std::size_t kRecordLimit = 64U << 10U;

struct VolumeRecord {
  std::string project;
  VolumeStatus status;
};

// The record of one volume; NotFound when the volume was not made by us.
Result<VolumeRecord> read_record(const runtime::FileDescriptor& volumes, const std::string& name) {
  auto text = runtime::read_file_at(volumes, name + "/" + kRecord, kRecordLimit);
  if (!text) return pass_up(text);
  auto node = schemas::read_json(*text, name + "/" + kRecord);
  if (!node) return pass_up(node);
  const Node* project = node->find("project");
  const Node* life = node->find("life");
  const Node* filled = node->find("filled");
  if (project == nullptr || life == nullptr || filled == nullptr) {
    return schemas::fail(ErrorKind::Invalid, "volume record of {} lacks a field", name);
  }
  VolumeRecord record;
  record.project = project->text;
  record.status.config.name = VolumeName(name);
  record.status.config.life =
      life->text == "anonymous" ? schemas::VolumeLife::Anonymous : schemas::VolumeLife::Named;
  record.status.state = filled->text == "true" ? VolumeState::Ready : VolumeState::Empty;
  return record;
}

}  // namespace

Volumes::Volumes(runtime::StateLayout layout, schemas::ProjectName project)
    : layout_(std::move(layout)), project_(std::move(project)) {}

Result<> Volumes::read() {
  statuses_.clear();
  auto volumes = runtime::open_directory(layout_.volumes());
  if (!volumes) {
    if (volumes.error().kind() == ErrorKind::NotFound) return {};
    return pass_up(volumes, "read volumes");
  }
  auto names = runtime::list_directory(*volumes);
  if (!names) return pass_up(names, "read volumes");
  for (const std::string& name : *names) {
    auto record = read_record(*volumes, name);
    // A directory without a record is a volume that was being made when we were killed; whose a
    // damaged one is cannot be told, and it must not keep all projects from being observed.
    if (!record || record->project != project_.text) continue;
    statuses_.emplace(VolumeName(name), std::move(record->status));
  }
  return {};
}

Result<> Volumes::write_record(const VolumeStatus& status) const {
  Node node = Node::mapping();
  const auto foreign = foreign_.find(status.config.name);
  node.set("project", Node::string(foreign == foreign_.end() ? project_.text : foreign->second));
  node.set("life", Node::string(status.config.life == schemas::VolumeLife::Anonymous ? "anonymous"
                                                                                     : "named"));
  node.set("filled", Node::boolean(status.state == VolumeState::Ready));
  auto directory = runtime::open_directory(layout_.volumes() + "/" + status.config.name.text);
  if (!directory) return pass_up(directory);
  return runtime::write_file_at(*directory, kRecord, schemas::write_json(node), 0600,
                                runtime::Durability::OverPowerCut);
}

Result<Change> Volumes::create(const schemas::VolumeConfig& config) {
  if (statuses_.contains(config.name)) return Change::Already;
  auto volumes = runtime::ensure_directory(layout_.volumes(), 0711);
  if (!volumes) return pass_up(volumes, "create volume {}", config.name);
  auto existing = read_record(*volumes, config.name.text);
  if (existing) {
    // Somebody else's volume of this name (another project's) is used, not taken over.
    if (existing->project != project_.text) foreign_.emplace(config.name, existing->project);
    statuses_.emplace(config.name, std::move(existing->status));
    return Change::Already;
  }
  if (existing.error().kind() != ErrorKind::NotFound) {
    return pass_up(existing,
                   "whose volume {} is cannot be told; remove {}/{}/{} to make it this project's",
                   config.name, layout_.volumes(), config.name, kRecord);
  }
  auto data = runtime::ensure_directory(layout_.volume_data(config.name), 0755);
  if (!data) return pass_up(data, "create volume {}", config.name);
  VolumeStatus status{.config = config, .state = VolumeState::Empty};
  if (!runtime::is_empty_volume(layout_, config.name)) status.state = VolumeState::Ready;
  if (auto written = write_record(status); !written) {
    return pass_up(written, "create volume {}", config.name);
  }
  statuses_.emplace(config.name, std::move(status));
  return Change::Made;
}

Result<Change> Volumes::begin_fill(const FillVolume& fill, WakeSet& wakes) {
  const auto found = statuses_.find(fill.volume);
  if (found == statuses_.end()) {
    return schemas::fail(ErrorKind::NotFound, "volume {} is not there", fill.volume);
  }
  if (found->second.state != VolumeState::Empty) return Change::Already;
  // The failure of a copy is that of the step which began it, and delays the next one.
  if (auto failed = failed_.extract(fill.volume))
    return std::unexpected(std::move(failed.mapped()));
  auto begun = runtime::fill_volume(layout_, fill.layers, fill.target, fill.volume);
  if (!begun) return pass_up(begun);
  const auto kept = fills_.insert_or_assign(fill.volume, std::move(*begun)).first;
  const Wake wake{WakeKind::VolumeFilled, fill.volume.text};
  if (auto watched = wakes.watch(kept->second.pidfd, wake); !watched) {
    abandon_fill(fill.volume, wakes);
    return pass_up(watched);
  }
  found->second.state = VolumeState::Filling;
  return Change::Made;
}

// Nothing when no copy is under way.
std::optional<Result<>> Volumes::end_fill(const VolumeName& volume, WakeSet& wakes) {
  auto fill = fills_.extract(volume);
  if (fill.empty()) return std::nullopt;
  wakes.forget(fill.mapped().pidfd);
  return runtime::finish_fill(std::move(fill.mapped()));
}

void Volumes::finish_fill(const VolumeName& volume, WakeSet& wakes) {
  auto filled = end_fill(volume, wakes);
  const auto status = statuses_.find(volume);
  if (!filled || status == statuses_.end()) return;
  status->second.state = VolumeState::Ready;
  if (*filled) filled = write_record(status->second);
  if (*filled) return;
  status->second.state = VolumeState::Empty;
  schemas::Error error = std::move(filled->error());
  error.add_frame(fmt::format("fill volume {}", volume));
  failed_.insert_or_assign(volume, std::move(error));
}

void Volumes::abandon_fill(const VolumeName& volume, WakeSet& wakes) {
  const auto fill = fills_.find(volume);
  if (fill == fills_.end()) return;
  static_cast<void>(runtime::send_signal(fill->second.pidfd, SIGKILL));
  static_cast<void>(end_fill(volume, wakes));  // how it ended is of no interest any more
}

// What is on disk now counts too: a command may have given the name to another project meanwhile.
bool Volumes::is_foreign(const runtime::FileDescriptor& volumes, const VolumeName& volume) const {
  if (foreign_.contains(volume)) return true;
  const auto record = read_record(volumes, volume.text);
  return record && record->project != project_.text;
}

Result<Change> Volumes::discard(const VolumeName& volume, WakeSet& wakes) {
  auto volumes = runtime::open_directory(layout_.volumes());
  if (!volumes) return pass_up(volumes, "discard volume {}", volume);
  abandon_fill(volume, wakes);
  const bool foreign = is_foreign(*volumes, volume);
  if (!foreign) {
    if (auto removed = runtime::remove_tree_at(*volumes, volume.text); !removed) {
      return pass_up(removed, "discard volume {}", volume);
    }
  }
  foreign_.erase(volume);
  failed_.erase(volume);
  const bool known = statuses_.erase(volume) > 0;
  return known && !foreign ? Change::Made : Change::Already;
}

}  // namespace orchestrator
