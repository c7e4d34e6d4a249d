// The default seccomp profile, with Docker's meaning, as a ready BPF program.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "schemas/vocabulary/error.hpp"

namespace runtime {

// One instruction of classic BPF: the kernel's struct sock_filter.
struct FilterInstruction {
  std::uint16_t code{0};
  std::uint8_t jump_true{0};
  std::uint8_t jump_false{0};
  std::uint32_t operand{0};
  friend bool operator==(const FilterInstruction&, const FilterInstruction&) = default;
};
using FilterProgram = std::vector<FilterInstruction>;

// Compiles the profile for a container with these capabilities (bit n = capability n). What the
// profile does not allow is EPERM; what is newer than the profile knows is ENOSYS.
[[nodiscard]] schemas::Result<FilterProgram> compile_seccomp_profile(std::uint64_t capabilities);

// The programs made so far: one per set of capabilities.
class SeccompProfiles {
 public:
  // Valid as long as this object lives.
  schemas::Result<const FilterProgram*> program_for(std::uint64_t capabilities);

 private:
  std::map<std::uint64_t, FilterProgram> programs_;
};

}  // namespace runtime
