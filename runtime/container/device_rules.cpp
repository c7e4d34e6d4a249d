// Compiles device rules to BPF_PROG_TYPE_CGROUP_DEVICE (kernel: cgroup-v2.rst, "Device
// controller").
#include "runtime/container/device_rules.hpp"

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace runtime {

using schemas::os_error;
using schemas::Result;

namespace {

// r2: device type, r3: access, r4: major, r5: minor; the context comes in r1, the verdict leaves in
// r0.
constexpr std::uint8_t kType = 2;
constexpr std::uint8_t kAccess = 3;
constexpr std::uint8_t kMajor = 4;
constexpr std::uint8_t kMinor = 5;

constexpr std::uint8_t pair(std::uint8_t destination, std::uint8_t source) {
  return static_cast<std::uint8_t>(destination | (source << 4U));
}

DeviceInstruction load_context(std::uint8_t to, std::int16_t offset) {
  return {BPF_LDX | BPF_MEM | BPF_W, pair(to, BPF_REG_1), offset, 0};
}

// The tests of one rule; each leaves by jumping over `rest` instructions to the next rule.
std::vector<DeviceInstruction> compile_rule(const DeviceRule& rule) {
  std::vector<DeviceInstruction> tests;
  if (rule.type != DeviceType::Any)
    tests.push_back({BPF_JMP | BPF_JNE | BPF_K, kType, 0,
                     rule.type == DeviceType::Block ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR});
  if (rule.access != (kDeviceMknod | kDeviceRead | kDeviceWrite)) {
    // Denied when anything beyond the rule's access is asked for.
    tests.push_back({BPF_ALU64 | BPF_MOV | BPF_X, pair(BPF_REG_1, kAccess), 0, 0});
    tests.push_back(
        {BPF_ALU64 | BPF_AND | BPF_K, BPF_REG_1, 0, static_cast<std::int32_t>(~rule.access & 7U)});
    tests.push_back({BPF_JMP | BPF_JNE | BPF_K, BPF_REG_1, 0, 0});
  }
  if (rule.major >= 0) tests.push_back({BPF_JMP | BPF_JNE | BPF_K, kMajor, 0, rule.major});
  if (rule.minor >= 0) tests.push_back({BPF_JMP | BPF_JNE | BPF_K, kMinor, 0, rule.minor});
  tests.push_back({BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 1});
  tests.push_back({BPF_JMP | BPF_EXIT, 0, 0, 0});
  for (std::size_t i = 0; i < tests.size(); ++i)
    if (tests[i].code == (BPF_JMP | BPF_JNE | BPF_K))
      tests[i].offset = static_cast<std::int16_t>(tests.size() - i - 1);
  return tests;
}

template <typename Attributes>
int bpf(int command, Attributes& attributes) {
  return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof(attributes)));
}

std::uint64_t address_of(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);  // NOLINT: the kernel's ABI
}

}  // namespace

const std::vector<DeviceRule>& default_device_rules() {
  static const std::vector<DeviceRule> rules{
      {.type = DeviceType::Character, .access = kDeviceMknod},
      {.type = DeviceType::Block, .access = kDeviceMknod},
      {.major = 1, .minor = 3},      // null
      {.major = 1, .minor = 5},      // zero
      {.major = 1, .minor = 7},      // full
      {.major = 1, .minor = 8},      // random
      {.major = 1, .minor = 9},      // urandom
      {.major = 5, .minor = 0},      // tty
      {.major = 5, .minor = 1},      // console
      {.major = 5, .minor = 2},      // ptmx
      {.major = 136},                // pseudo-terminals
      {.major = 10, .minor = 200}};  // tun
  return rules;
}

std::string write_device_rule(const DeviceRule& rule) {
  const auto number = [](std::int32_t value) {
    return value < 0 ? std::string("*") : std::to_string(value);
  };
  constexpr std::array<char, 3> kTypes{'a', 'b', 'c'};
  std::string access;
  if ((rule.access & kDeviceRead) != 0) access += 'r';
  if ((rule.access & kDeviceWrite) != 0) access += 'w';
  if ((rule.access & kDeviceMknod) != 0) access += 'm';
  return fmt::format("{} {}:{} {}", kTypes.at(static_cast<std::size_t>(rule.type)),
                     number(rule.major), number(rule.minor), access);
}

std::vector<DeviceInstruction> compile_device_rules(const std::vector<DeviceRule>& rules) {
  std::vector<DeviceInstruction> program{
      load_context(kType, offsetof(bpf_cgroup_dev_ctx, access_type)),
      {BPF_ALU64 | BPF_MOV | BPF_X, pair(kAccess, kType), 0, 0},
      {BPF_ALU64 | BPF_AND | BPF_K, kType, 0, 0xffff},
      {BPF_ALU64 | BPF_RSH | BPF_K, kAccess, 0, 16},
      load_context(kMajor, offsetof(bpf_cgroup_dev_ctx, major)),
      load_context(kMinor, offsetof(bpf_cgroup_dev_ctx, minor))};
  for (const DeviceRule& rule : rules) {
    const auto tests = compile_rule(rule);
    program.insert(program.end(), tests.begin(), tests.end());
  }
  program.push_back({BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0});
  program.push_back({BPF_JMP | BPF_EXIT, 0, 0, 0});
  return program;
}

Result<> attach_device_rules(const FileDescriptor& cgroup, const std::vector<DeviceRule>& rules) {
  static_assert(sizeof(DeviceInstruction) == sizeof(bpf_insn));
  const auto program = compile_device_rules(rules);
  bpf_attr attributes;
  std::memset(&attributes, 0, sizeof(attributes));
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = address_of(program.data());
  attributes.insn_cnt = static_cast<std::uint32_t>(program.size());
  attributes.license = address_of("GPL");
  const FileDescriptor loaded(bpf(BPF_PROG_LOAD, attributes));
  if (!loaded) return os_error(errno, "load the device rules");

  std::memset(&attributes, 0, sizeof(attributes));
  attributes.target_fd = static_cast<std::uint32_t>(cgroup.get());
  attributes.attach_bpf_fd = static_cast<std::uint32_t>(loaded.get());
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  if (bpf(BPF_PROG_ATTACH, attributes) < 0) return os_error(errno, "attach the device rules");
  return {};
}

}  // namespace runtime
