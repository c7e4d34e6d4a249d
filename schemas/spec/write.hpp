// The canonical model: what `config` prints and what the supervisor reads back.
#pragma once

#include "schemas/spec/spec.hpp"
#include "schemas/vocabulary/document.hpp"

namespace schemas {

// Long forms only, absolute paths, real names, environment resolved; `$` is written `$$`, so that
// the text is a valid project file again. read_spec_model() gives back the same Spec.
[[nodiscard]] Node write_spec(const Spec& spec);

}  // namespace schemas
