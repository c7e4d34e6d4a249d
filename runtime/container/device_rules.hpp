// Which devices a container may use: as lines for cgroup v1 and as a BPF program for v2.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

enum class DeviceType : std::uint8_t { Any, Block, Character };

// Bits of BPF_DEVCG_ACC_*.
inline constexpr std::uint32_t kDeviceMknod = 1;
inline constexpr std::uint32_t kDeviceRead = 2;
inline constexpr std::uint32_t kDeviceWrite = 4;

// Allows `access` to the devices that match; what no rule allows is denied.
struct DeviceRule {
  DeviceType type{DeviceType::Character};
  std::int32_t major{-1};  // -1: every
  std::int32_t minor{-1};
  std::uint32_t access{kDeviceMknod | kDeviceRead | kDeviceWrite};
  friend bool operator==(const DeviceRule&, const DeviceRule&) = default;
};

// Docker's list: null, zero, full, random, urandom, tty, console, ptmx, the pseudo-terminals, tun;
// and making (not opening) any node.
[[nodiscard]] const std::vector<DeviceRule>& default_device_rules();

[[nodiscard]] std::string write_device_rule(const DeviceRule& rule);  // "c 1:3 rwm"

// One instruction of eBPF: the kernel's struct bpf_insn.
struct DeviceInstruction {
  std::uint8_t code{0};
  std::uint8_t registers{0};  // destination in the lower, source in the upper four bits
  std::int16_t offset{0};
  std::int32_t immediate{0};
  friend bool operator==(const DeviceInstruction&, const DeviceInstruction&) = default;
};
[[nodiscard]] std::vector<DeviceInstruction> compile_device_rules(
    const std::vector<DeviceRule>& rules);

// Loads the program and attaches it to a v2 cgroup that has none yet.
[[nodiscard]] schemas::Result<> attach_device_rules(const FileDescriptor& cgroup,
                                                    const std::vector<DeviceRule>& rules);

}  // namespace runtime
