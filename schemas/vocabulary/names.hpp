// Strong names: strings that mean different things and must not be mixed up.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace schemas {

// A string that names one kind of thing; converts from text only on purpose.
template <typename Tag>
struct Name {
  std::string text;

  Name() = default;
  explicit Name(std::string value) : text(std::move(value)) {}

  [[nodiscard]] bool empty() const { return text.empty(); }
  friend auto operator<=>(const Name&, const Name&) = default;
};

using ProjectName = Name<struct ProjectTag>;      // "shop"
using ServiceName = Name<struct ServiceTag>;      // "web"
using ContainerName = Name<struct ContainerTag>;  // "shop-web-1": unique on the machine
using NetworkName = Name<struct NetworkTag>;      // "shop_front": unique on the machine
using VolumeName = Name<struct VolumeTag>;        // "shop_data": unique on the machine
using ImageReference = Name<struct ImageTag>;     // "demo/redis:7"

}  // namespace schemas

template <typename Tag>
struct fmt::formatter<schemas::Name<Tag>> : fmt::formatter<std::string> {
  template <typename Context>
  auto format(const schemas::Name<Tag>& name, Context& context) const {
    return fmt::formatter<std::string>::format(name.text, context);
  }
};

template <typename Tag>
struct std::hash<schemas::Name<Tag>> {
  std::size_t operator()(const schemas::Name<Tag>& name) const noexcept {
    return std::hash<std::string>{}(name.text);
  }
};
