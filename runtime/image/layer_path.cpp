// Takes the path of a tar entry apart.
#include "runtime/image/layer_path.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Result;

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kAufs = ".wh..wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";
constexpr std::size_t kLongestName = 255;

Result<std::vector<std::string_view>> components_of(std::string_view path) {
  std::vector<std::string_view> components;
  while (!path.empty()) {
    const std::string_view component = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), component.size() + 1));
    if (component.empty() || component == ".") continue;
    if (component == "..") return fail(ErrorKind::Invalid, "path leads upwards (\"..\")");
    if (component.size() > kLongestName) return fail(ErrorKind::Invalid, "name is too long");
    components.push_back(component);
  }
  return components;
}

Result<LayerPath> whiteout(LayerPath path) {
  const std::string hidden = path.name.substr(kWhiteout.size());
  if (hidden.empty() || hidden == "." || hidden == "..") {
    return fail(ErrorKind::Invalid, "whiteout of nothing");
  }
  path.kind = LayerPathKind::Whiteout;
  path.name = hidden;
  return path;
}

}  // namespace

Result<LayerPath> read_layer_path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) {
    return fail(ErrorKind::Invalid, "path has a NUL byte");
  }
  auto components = components_of(path);
  if (!components) return pass_up(components);
  if (components->empty()) return LayerPath{.kind = LayerPathKind::Root, .parent = {}, .name = {}};

  LayerPath result;
  result.name = std::string(components->back());
  components->pop_back();
  for (const std::string_view component : *components) {
    if (component.starts_with(kAufs))
      result.kind = LayerPathKind::Ignored;
    else if (component.starts_with(kWhiteout))
      return fail(ErrorKind::Invalid, "path below a whiteout");
    if (!result.parent.empty()) result.parent += '/';
    result.parent += component;
  }
  if (result.kind == LayerPathKind::Ignored || !result.name.starts_with(kWhiteout)) return result;
  if (result.name == kOpaque) {
    result.kind = LayerPathKind::Opaque;
    result.name.clear();
    return result;
  }
  if (result.name.starts_with(kAufs)) {
    result.kind = LayerPathKind::Ignored;
    return result;
  }
  return whiteout(std::move(result));
}

}  // namespace runtime
