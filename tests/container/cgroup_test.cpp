// Cgroup trees found in mount tables, limits as files, device rules as text and program.
#include "runtime/container/cgroup.hpp"

#include <gmock/gmock.h>

#include "runtime/container/device_rules.hpp"

namespace tests {
namespace {

using runtime::CgroupHierarchy;
using runtime::CgroupKind;
using runtime::CgroupSetting;
using runtime::CgroupVersion;
using testing::ElementsAre;

TEST(CgroupHost, MayBeUnified) {
  const auto host = runtime::find_cgroups(
      "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
  ASSERT_TRUE(host);
  EXPECT_EQ(host->kind, CgroupKind::Unified);
  EXPECT_EQ(host->unified, "/sys/fs/cgroup");
  EXPECT_TRUE(host->legacy.empty());
}

TEST(CgroupHost, MayBeHybridWithJoinedControllers) {
  const auto host = runtime::find_cgroups(
      "30 23 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n"
      "31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup rw\n"
      "32 30 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
      "33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
      "34 30 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
  ASSERT_TRUE(host);
  EXPECT_EQ(host->kind, CgroupKind::Hybrid);
  EXPECT_THAT(host->legacy,
              ElementsAre(CgroupHierarchy{"cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct"},
                          CgroupHierarchy{"memory", "/sys/fs/cgroup/memory"}));
}

TEST(CgroupHost, MayBeLegacyOrMissing) {
  const auto host =
      runtime::find_cgroups("34 30 0:30 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n");
  ASSERT_TRUE(host);
  EXPECT_EQ(host->kind, CgroupKind::Legacy);
  EXPECT_FALSE(runtime::find_cgroups("20 1 8:1 / / rw - ext4 /dev/root rw\n"));
}

TEST(Limits, BecomeFilesOfEachVersion) {
  const schemas::ResourceLimits limits{.memory = 64 << 20, .nano_cpus = 1'500'000'000, .pids = 50};
  EXPECT_THAT(runtime::settings_for(limits, CgroupVersion::V2),
              ElementsAre(CgroupSetting{"memory", "memory.max", "67108864"},
                          CgroupSetting{"memory", "memory.swap.max", "67108864",
                                        CgroupSetting::Missing::Ignore},
                          CgroupSetting{"cpu", "cpu.max", "150000 100000"},
                          CgroupSetting{"pids", "pids.max", "50"}));
  EXPECT_THAT(runtime::settings_for(limits, CgroupVersion::V1),
              ElementsAre(CgroupSetting{"memory", "memory.limit_in_bytes", "67108864"},
                          CgroupSetting{"memory", "memory.memsw.limit_in_bytes", "134217728",
                                        CgroupSetting::Missing::Ignore},
                          CgroupSetting{"cpu", "cpu.cfs_period_us", "100000"},
                          CgroupSetting{"cpu", "cpu.cfs_quota_us", "150000"},
                          CgroupSetting{"pids", "pids.max", "50"}));
  EXPECT_TRUE(runtime::settings_for({}, CgroupVersion::V2).empty());
  EXPECT_THAT(runtime::settings_for({.pids = -1}, CgroupVersion::V2),
              ElementsAre(CgroupSetting{"pids", "pids.max", "max"}));
}

TEST(DeviceRules, AreWrittenAsLines) {
  EXPECT_EQ(runtime::write_device_rule({.major = 1, .minor = 3}), "c 1:3 rwm");
  EXPECT_EQ(runtime::write_device_rule(
                {.type = runtime::DeviceType::Block, .access = runtime::kDeviceMknod}),
            "b *:* m");
}

TEST(DeviceRules, CompileToAProgramThatEndsInDenial) {
  const auto program = runtime::compile_device_rules({{.major = 1, .minor = 3}});
  // Six to load, three tests, two to allow, two to deny.
  ASSERT_EQ(program.size(), 13U);
  EXPECT_EQ(program[6].offset, 4);
  EXPECT_EQ(program[11].immediate, 0);
}

}  // namespace
}  // namespace tests
