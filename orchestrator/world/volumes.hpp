// Volumes: the project's volumes on disk, and the copies into them that are under way.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "orchestrator/reconcile/action.hpp"
#include "orchestrator/world/wake_set.hpp"
#include "runtime/image/copy_up.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/status.hpp"

namespace orchestrator {

// A volume is volumes/<name>/ with its content in _data and volume.json beside it: whose it is, and
// whether it was filled. Data is never removed except by discard(), and only when it is this
// project's: a volume of another project may be used, but stays what it is.
class Volumes {
 public:
  Volumes(runtime::StateLayout layout, schemas::ProjectName project);

  // The volumes of this project, read anew from disk. One whose record cannot be read is left out.
  [[nodiscard]] schemas::Result<> read();
  [[nodiscard]] const std::map<schemas::VolumeName, schemas::VolumeStatus>& statuses() const {
    return statuses_;
  }

  [[nodiscard]] schemas::Result<schemas::Change> create(const schemas::VolumeConfig& config);
  // When the copy before this one failed, its error is told here instead, once.
  [[nodiscard]] schemas::Result<schemas::Change> begin_fill(const FillVolume& fill, WakeSet& wakes);
  // After a VolumeFilled wake-up. A failed copy leaves the volume empty.
  void finish_fill(const schemas::VolumeName& volume, WakeSet& wakes);
  // Ends a copy that is under way. Another project's volume is only forgotten.
  [[nodiscard]] schemas::Result<schemas::Change> discard(const schemas::VolumeName& volume,
                                                         WakeSet& wakes);

 private:
  [[nodiscard]] schemas::Result<> write_record(const schemas::VolumeStatus& status) const;
  [[nodiscard]] std::optional<schemas::Result<>> end_fill(const schemas::VolumeName& volume,
                                                          WakeSet& wakes);
  void abandon_fill(const schemas::VolumeName& volume, WakeSet& wakes);
  [[nodiscard]] bool is_foreign(const runtime::FileDescriptor& volumes,
                                const schemas::VolumeName& volume) const;

  runtime::StateLayout layout_;
  schemas::ProjectName project_;
  std::map<schemas::VolumeName, schemas::VolumeStatus> statuses_;
  std::map<schemas::VolumeName, std::string> foreign_;  // used, but this other project's
  std::map<schemas::VolumeName, runtime::VolumeFill> fills_;
  std::map<schemas::VolumeName, schemas::Error> failed_;  // fills, until begin_fill tells of it
};

}  // namespace orchestrator
