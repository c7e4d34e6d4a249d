// The table of capabilities and the arithmetic of cap_add and cap_drop.
#include "runtime/container/capabilities.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace runtime {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Result;

namespace {

// In the order of linux/capability.h.
constexpr std::array<std::string_view, 41> kNames{"CHOWN",
                                                  "DAC_OVERRIDE",
                                                  "DAC_READ_SEARCH",
                                                  "FOWNER",
                                                  "FSETID",
                                                  "KILL",
                                                  "SETGID",
                                                  "SETUID",
                                                  "SETPCAP",
                                                  "LINUX_IMMUTABLE",
                                                  "NET_BIND_SERVICE",
                                                  "NET_BROADCAST",
                                                  "NET_ADMIN",
                                                  "NET_RAW",
                                                  "IPC_LOCK",
                                                  "IPC_OWNER",
                                                  "SYS_MODULE",
                                                  "SYS_RAWIO",
                                                  "SYS_CHROOT",
                                                  "SYS_PTRACE",
                                                  "SYS_PACCT",
                                                  "SYS_ADMIN",
                                                  "SYS_BOOT",
                                                  "SYS_NICE",
                                                  "SYS_RESOURCE",
                                                  "SYS_TIME",
                                                  "SYS_TTY_CONFIG",
                                                  "MKNOD",
                                                  "LEASE",
                                                  "AUDIT_WRITE",
                                                  "AUDIT_CONTROL",
                                                  "SETFCAP",
                                                  "MAC_OVERRIDE",
                                                  "MAC_ADMIN",
                                                  "SYSLOG",
                                                  "WAKE_ALARM",
                                                  "BLOCK_SUSPEND",
                                                  "AUDIT_READ",
                                                  "PERFMON",
                                                  "BPF",
                                                  "CHECKPOINT_RESTORE"};

constexpr std::uint64_t kAll = (std::uint64_t{1} << kNames.size()) - 1;

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

struct NamedSet {
  bool all{false};
  std::uint64_t bits{0};
};

Result<NamedSet> read_set(const std::vector<std::string>& names) {
  NamedSet set;
  for (const std::string& name : names) {
    if (upper_case(name) == "ALL") {
      set.all = true;
      continue;
    }
    const auto number = find_capability(name);
    if (!number) return fail(ErrorKind::Invalid, "there is no capability {}", name);
    set.bits |= std::uint64_t{1} << *number;
  }
  return set;
}

}  // namespace

std::optional<int> find_capability(std::string_view name) {
  std::string wanted = upper_case(name);
  if (wanted.starts_with("CAP_")) wanted.erase(0, 4);
  const auto found = std::find(kNames.begin(), kNames.end(), wanted);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<int>(found - kNames.begin());
}

std::string_view capability_name(int number) { return kNames.at(static_cast<std::size_t>(number)); }

int last_capability() { return static_cast<int>(kNames.size()) - 1; }

Result<std::uint64_t> capability_set(const std::vector<std::string>& added,
                                     const std::vector<std::string>& dropped,
                                     std::uint64_t available) {
  auto add = read_set(added);
  if (!add) return pass_up(add, "cap_add");
  auto drop = read_set(dropped);
  if (!drop) return pass_up(drop, "cap_drop");
  std::uint64_t set = add->all ? kAll : kDefaultCapabilities;
  if (drop->all) set = 0;
  set = (set | add->bits) & ~drop->bits;
  return set & available;
}

}  // namespace runtime
