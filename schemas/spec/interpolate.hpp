// The interpolation phase: variables in the values (never the keys) of a Document.
#pragma once

#include "schemas/spec/file_reader.hpp"
#include "schemas/spec/findings.hpp"
#include "schemas/vocabulary/document.hpp"

namespace schemas {

// A value in which something was replaced is text from then on: an empty one is "", not null.
[[nodiscard]] Node interpolate(Node document, const Environment& environment, Findings& findings);

// What a written model needs instead: `$$` becomes `$`, and nothing else changes.
[[nodiscard]] Node unescape_dollars(Node document);
[[nodiscard]] Node escape_dollars(Node document);

}  // namespace schemas
