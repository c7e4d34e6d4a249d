// Copy-up: fills an empty volume with what the image has at the volume's mount point.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/sys/file_descriptor.hpp"
#include "runtime/sys/layout.hpp"
#include "schemas/vocabulary/digest.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/names.hpp"

namespace runtime {

// A copy that is under way in a child process: `pidfd` becomes readable when it is over.
struct VolumeFill {
  pid_t pid{0};
  FileDescriptor pidfd;
  FileDescriptor report;  // the child's error text
};

// Begins to fill layout.volume_data(volume) from `target` of the image made of `layers` (base
// first): contents, owners, modes, times, xattrs, links, and owner and mode of the directory
// itself. Call it for every VolumeMount with CopyUp::FromImage whose volume is still empty, before
// the container starts; it may run twice for one volume, the second finds it filled and changes
// nothing. The volume appears filled in one step (a rename over the empty directory), so a killed
// child leaves it empty. Makes volumes/<name>/ and _data when they are not there.
[[nodiscard]] schemas::Result<VolumeFill> fill_volume(const StateLayout& layout,
                                                      const std::vector<schemas::Digest>& layers,
                                                      const std::string& target,
                                                      const schemas::VolumeName& volume);

// Reaps the child (waits for it when it still runs) and says how the copy ended.
[[nodiscard]] schemas::Result<> finish_fill(VolumeFill fill);

// True when the volume is absent or has no entries: the condition for fill_volume.
[[nodiscard]] bool is_empty_volume(const StateLayout& layout, const schemas::VolumeName& volume);

}  // namespace runtime
