// HeldDescriptors: what the holder kept over a supervisor's death, taken out by name.
#pragma once

#include <map>
#include <string>

#include "runtime/sys/file_descriptor.hpp"

namespace orchestrator {

// Name to descriptor; what nobody takes is let go of by the world at the end of its recovery.
using HeldDescriptors = std::map<std::string, runtime::FileDescriptor>;

// Empty when nothing is held under that name.
[[nodiscard]] inline runtime::FileDescriptor take_held(HeldDescriptors& held,
                                                       const std::string& name) {
  auto node = held.extract(name);
  return node.empty() ? runtime::FileDescriptor() : std::move(node.mapped());
}

}  // namespace orchestrator
