// Converts limits into the files and texts of cgroup v1 and v2 (kernel: cgroup-v1/, cgroup-v2.rst).
#include "runtime/container/cgroup.hpp"

namespace runtime {

using schemas::ResourceLimits;

namespace {

constexpr std::int64_t kCpuPeriod = 100'000;                 // microseconds
constexpr std::int64_t kNanosPerPeriodMicrosecond = 10'000;  // 10^9 nano-CPUs / period

using enum CgroupSetting::Missing;

// Docker's rule: as much swap again as memory. Swap accounting may be off; then there is no file.
void add_memory(std::vector<CgroupSetting>& settings, std::int64_t bytes, CgroupVersion version) {
  if (version == CgroupVersion::V2) {
    settings.push_back({"memory", "memory.max", std::to_string(bytes)});
    settings.push_back({"memory", "memory.swap.max", std::to_string(bytes), Ignore});
    return;
  }
  settings.push_back({"memory", "memory.limit_in_bytes", std::to_string(bytes)});
  settings.push_back({"memory", "memory.memsw.limit_in_bytes", std::to_string(2 * bytes), Ignore});
}

void add_cpus(std::vector<CgroupSetting>& settings, std::int64_t nano_cpus, CgroupVersion version) {
  const std::int64_t quota = nano_cpus / kNanosPerPeriodMicrosecond;
  if (version == CgroupVersion::V2) {
    settings.push_back({"cpu", "cpu.max", fmt::format("{} {}", quota, kCpuPeriod)});
    return;
  }
  settings.push_back({"cpu", "cpu.cfs_period_us", std::to_string(kCpuPeriod)});
  settings.push_back({"cpu", "cpu.cfs_quota_us", std::to_string(quota)});
}

}  // namespace

std::vector<CgroupSetting> settings_for(const ResourceLimits& limits, CgroupVersion version) {
  std::vector<CgroupSetting> settings;
  if (limits.memory && *limits.memory > 0) add_memory(settings, *limits.memory, version);
  if (limits.nano_cpus && *limits.nano_cpus > 0) add_cpus(settings, *limits.nano_cpus, version);
  // Zero and below mean "no limit" to Docker; a reused cgroup may still have an old one.
  if (limits.pids)
    settings.push_back(
        {"pids", "pids.max", *limits.pids > 0 ? std::to_string(*limits.pids) : "max"});
  return settings;
}

}  // namespace runtime
