// Volumes: the project's volumes on disk, and the copies into them that are under way.
#pragma once

#include <map>
#include <string>

#include "orchestrator/reconcile/action.hpp"
#include "orchestrator/world/wake_set.hpp"
#include "runtime/image/copy_up.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/status.hpp"

namespace orchestrator {

// A volume is volumes/<name>/ with its content in _data and volume.json beside it: whose it is, and
// whether it was filled. Data is never removed except by discard().
class Volumes {
 public:
  Volumes(runtime::StateLayout layout, schemas::ProjectName project);

  // The volumes of this project, read anew from disk.
  [[nodiscard]] schemas::Result<> read();
  [[nodiscard]] const std::map<schemas::VolumeName, schemas::VolumeStatus>& statuses() const {
    return statuses_;
  }

  [[nodiscard]] schemas::Result<schemas::Change> create(const schemas::VolumeConfig& config);
  [[nodiscard]] schemas::Result<schemas::Change> begin_fill(const FillVolume& fill, WakeSet& wakes);
  // After a VolumeFilled wake-up. A failed copy leaves the volume empty.
  [[nodiscard]] schemas::Result<> finish_fill(const schemas::VolumeName& volume, WakeSet& wakes);
  [[nodiscard]] schemas::Result<schemas::Change> discard(const schemas::VolumeName& volume);

 private:
  [[nodiscard]] schemas::Result<> write_record(const schemas::VolumeStatus& status) const;

  runtime::StateLayout layout_;
  schemas::ProjectName project_;
  std::map<schemas::VolumeName, schemas::VolumeStatus> statuses_;
  std::map<schemas::VolumeName, runtime::VolumeFill> fills_;
};

}  // namespace orchestrator
