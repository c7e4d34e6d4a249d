// One look-up for each distinct image; deciding what they mean is desired_state()'s.
#include "orchestrator/world/resolve_project.hpp"

#include <map>
#include <utility>

#include "runtime/image/store.hpp"

namespace orchestrator {

using schemas::ErrorKind;
using schemas::ImageReference;
using schemas::Result;

Result<DesiredState> resolve_project(const schemas::Spec& spec,
                                     const runtime::StateLayout& layout) {
  std::map<ImageReference, schemas::Image> images;
  for (const auto& [name, service] : spec.services) {
    const ImageReference reference(service.image);
    if (images.contains(reference)) continue;
    auto image = runtime::find_image(layout, reference);
    if (!image) {
      if (image.error().kind() == ErrorKind::NotFound) continue;  // told with its service below
      return pass_up(image, "service {}", name);
    }
    images.emplace(reference, std::move(*image));
  }
  return desired_state(spec, images,
                       {.instance = schemas::instance_of(layout.run), .project = spec.name});
}

}  // namespace orchestrator
