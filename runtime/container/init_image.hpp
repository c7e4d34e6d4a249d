// The bytes of the init program, which lie inside our own binary.
#pragma once

#include <string_view>

namespace runtime {

[[nodiscard]] std::string_view init_image();

}  // namespace runtime
