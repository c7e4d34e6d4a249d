// Where a tar entry lands in a layer: its path taken apart, and what whiteout names mean (OCI
// image-spec, layer.md). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/vocabulary/error.hpp"

namespace runtime {

enum class LayerPathKind : std::uint8_t {
  Root,      // the layer's own top directory
  Plain,     // something that is there
  Whiteout,  // "dir/.wh.name": hides dir/name of the layers below
  Opaque,    // "dir/.wh..wh..opq": hides everything of dir in the layers below
  Ignored    // bookkeeping of aufs (".wh..wh.plnk/...")
};

// "/usr/./lib//x" is {Plain, "usr/lib", "x"}; a Whiteout's name is the hidden one, an Opaque's
// empty.
struct LayerPath {
  LayerPathKind kind{LayerPathKind::Plain};
  std::string parent;  // relative to the layer, "" for the top
  std::string name;    // last component
  friend bool operator==(const LayerPath&, const LayerPath&) = default;
};

// Absolute names are taken as relative to the layer. Invalid: "..", a NUL byte, a component of more
// than 255 bytes, something below a whiteout, a whiteout of nothing.
[[nodiscard]] schemas::Result<LayerPath> read_layer_path(std::string_view path);

}  // namespace runtime
