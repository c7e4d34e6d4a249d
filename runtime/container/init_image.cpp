// Names the bytes that init_image.S includes.
#include "runtime/container/init_image.hpp"

extern "C" {
extern const char tutti_init_begin[];  // NOLINT: symbols of the assembler file
extern const char tutti_init_end[];    // NOLINT
}

namespace runtime {

std::string_view init_image() {
  return {tutti_init_begin, static_cast<std::size_t>(tutti_init_end - tutti_init_begin)};
}

}  // namespace runtime
