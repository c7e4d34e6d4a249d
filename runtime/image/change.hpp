// `--change`: Dockerfile-like instructions that alter an image's configuration. Pure.
#pragma once

#include <string_view>

#include "schemas/vocabulary/config/image_config.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

// CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR, with the
// meaning that the Dockerfile reference gives them; anything else is Invalid.
[[nodiscard]] schemas::Result<schemas::ImageConfig> apply_change(schemas::ImageConfig config,
                                                                 std::string_view instruction);

}  // namespace runtime
