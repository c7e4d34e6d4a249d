// A container from create to discard: what it sees, how it ends, what it leaves.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "runtime/container/observe.hpp"
#include "tests/container/container_stage.hpp"

namespace tests {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Container, RunsItsProgramAsPidOneUnderItsHostname) {
  ContainerStage stage;
  const Outcome outcome = stage.run(stage.script("echo $$; hostname; cat /etc/hostname; pwd"));
  EXPECT_EQ(outcome.failure, "");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.output, "1\none\none\n/\n");
}

TEST(Container, PassesItsExitCodeAndItsSignalOn) {
  ContainerStage stage;
  EXPECT_EQ(stage.run(stage.script("exit 42")).exit_code, 42);
  schemas::ContainerConfig config = stage.script("");
  config.command = {"/bin/sleep", "1000"};
  RunningContainer running = stage.start(config);
  EXPECT_TRUE(runtime::send_signal(running.launched.pidfd, SIGKILL));
  EXPECT_EQ(stage.finish(running).exit_code, 128 + SIGKILL);
}

TEST(Container, HasDockersCapabilitiesAndFilter) {
  ContainerStage stage;
  const Outcome outcome =
      stage.run(stage.script("grep -E '^(Cap|Seccomp:|NoNewPrivs)' /proc/self/status"));
  EXPECT_EQ(outcome.output,
            "CapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\n"
            "CapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t2\n");
}

TEST(Container, HasNoCapabilitiesAsAnotherUser) {
  ContainerStage stage;
  std::ofstream(stage.layer() + "/etc/passwd") << "app:x:1000:1000::/home/app:/bin/sh\n";
  std::ofstream(stage.layer() + "/etc/group") << "app:x:1000:\nextra:x:2000:app\n";
  schemas::ContainerConfig config = stage.script(
      "id -u; id -g; id -G; echo $HOME; grep CapEff /proc/self/status; "
      "echo on >/dev/stdout");
  config.user = "app";
  const Outcome outcome = stage.run(config);
  EXPECT_EQ(outcome.failure, "");
  EXPECT_EQ(outcome.output, "1000\n1000\n1000 2000\n/home/app\nCapEff:\t0000000000000000\non\n");
}

TEST(Container, SeesNothingOfTheHostsMountsAndDevices) {
  ContainerStage stage;
  const Outcome outcome =
      stage.run(stage.script("cat /proc/mounts; ls /dev; cat /proc/interrupts | wc -c; chmod 600 "
                             "/proc/interrupts 2>/dev/null || echo kept; ls /sys/firmware | wc -l; "
                             "echo x 2>/dev/null >/proc/sysrq-trigger || echo refused"));
  EXPECT_THAT(outcome.output, HasSubstr("overlay / overlay rw"));
  EXPECT_THAT(outcome.output, HasSubstr("proc /proc proc rw,nosuid,nodev,noexec"));
  EXPECT_THAT(outcome.output, HasSubstr("sysfs /sys sysfs ro,"));
  EXPECT_THAT(outcome.output, HasSubstr("devpts /dev/pts devpts rw,nosuid,noexec"));
  EXPECT_THAT(outcome.output, HasSubstr(" /etc/hosts "));
  EXPECT_THAT(outcome.output, Not(HasSubstr(stage.layout.root + " ")));
  EXPECT_THAT(outcome.output,
              HasSubstr("core\nfd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\n"
                        "stdout\ntty\nurandom\nzero\n0\nkept\n0\nrefused\n"));
}

TEST(Container, MayNotMakeNamespacesOrOpenTheHostsDisks) {
  ContainerStage stage;
  const Outcome outcome = stage.run(stage.script(
      "unshare -U true 2>/dev/null || echo no namespace; mknod /tmp/disk b 8 0 && "
      "dd if=/tmp/disk of=/dev/null count=1 2>&1 | grep -o 'Operation not permitted'"));
  EXPECT_EQ(outcome.output, "no namespace\nOperation not permitted\n");
}

// The v2 tree of a hybrid host has no controllers, but the device program works there too.
TEST(Container, IsKeptFromDevicesByTheProgramOfAUnifiedHost) {
  ContainerStage stage;
  if (stage.host.cgroups.unified.empty()) GTEST_SKIP() << "no v2 tree on this host";
  stage.host.cgroups.legacy.clear();
  stage.host.cgroups.kind = runtime::CgroupKind::Unified;
  const Outcome outcome = stage.run(stage.script(
      "mknod /tmp/disk b 8 0; dd if=/tmp/disk of=/dev/null count=1 2>&1 | "
      "grep -o 'Operation not permitted'; dd if=/dev/zero of=/dev/null count=1 2>/dev/null && echo "
      "zero; mount | grep -c cgroup2; cat /proc/self/cgroup | grep ^0"));
  EXPECT_EQ(outcome.failure, "");
  EXPECT_EQ(outcome.output, "Operation not permitted\nzero\n1\n0::/\n");
}

TEST(Container, IsKeptFromDevicesWhereV1HasNoDevicesHierarchy) {
  ContainerStage stage;
  runtime::CgroupHost& host = stage.host.cgroups;
  if (host.unified.empty()) GTEST_SKIP() << "no v2 tree on this host";
  std::erase_if(host.legacy, [](const auto& tree) { return tree.controllers == "devices"; });
  const schemas::ContainerConfig config = stage.script(
      "mknod /tmp/disk b 8 0; dd if=/tmp/disk of=/dev/null count=1 2>&1 | "
      "grep -o 'Operation not permitted'");
  EXPECT_EQ(stage.run(config).output, "Operation not permitted\n");
  if (host.legacy.empty()) return;  // a v2-only host
  host.unified.clear();
  host.kind = runtime::CgroupKind::Legacy;
  EXPECT_THAT(stage.run(config).failure, HasSubstr("neither a devices hierarchy nor a v2"));
}

// Not what the supervisor raised for itself: programs close, or select(2) on, all that they may.
TEST(Container, BeginsWithTheSoftLimitOfDescriptorsThatWasFound) {
  ContainerStage stage;
  stage.host.descriptor_limit = 77;
  RunningContainer running = stage.start(stage.script("ulimit -Sn; sleep 1000"));
  EXPECT_TRUE(wait_readable(running.launched.stdout_fifo));
  EXPECT_EQ(stage.exec(running, {"sh", "-c", "ulimit -Sn"}).output, "77\n");
  EXPECT_TRUE(runtime::send_signal(running.launched.pidfd, SIGKILL));
  EXPECT_EQ(stage.finish(running).output, "77\n");
}

TEST(Container, MayBeTheChildOfOurParent) {
  ContainerStage stage;
  RunningContainer running;
  running.record = stage.create(stage.script("echo adopted"));
  auto launched = runtime::launch_container(
      {.layout = stage.layout, .names = stage.names, .record = running.record}, stage.host);
  ASSERT_TRUE(launched) << launched.error().text();
  ASSERT_TRUE(runtime::release(*launched));
  ASSERT_TRUE(wait_readable(launched->pidfd));
  EXPECT_EQ(drain(launched->stdout_fifo), "adopted\n");
  EXPECT_TRUE(runtime::discard_container(stage.layout, stage.names, running.record.config.name,
                                         stage.host));
}

TEST(Container, SeesItsOwnCgroupAsTheRootAndKeepsToItsLimits) {
  ContainerStage stage;
  schemas::ContainerConfig config = stage.script(
      "cat /proc/self/cgroup; touch /sys/fs/cgroup/x 2>/dev/null || echo read-only; "
      "cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null");
  config.limits.pids = 77;
  const Outcome outcome = stage.run(config);
  EXPECT_THAT(outcome.output, HasSubstr("0::/\n"));
  EXPECT_THAT(outcome.output, HasSubstr("read-only\n77\n"));
}

TEST(Container, HasOnlyItsThreeStreamsOpen) {
  ContainerStage stage;
  const runtime::FileDescriptor inherited(
      ::open("/", O_RDONLY | O_DIRECTORY));  // NOLINT: on purpose
  const Outcome outcome = stage.run(stage.script("ls /proc/self/fd; readlink /proc/self/fd/0"));
  EXPECT_EQ(outcome.output, "0\n1\n2\n3\n/dev/null\n");  // 3 is the directory that ls reads
}

TEST(Container, KeepsItsWritableLayerOverARestart) {
  ContainerStage stage;
  RunningContainer running = stage.start(stage.script("cat /kept 2>/dev/null; echo here >/kept"));
  EXPECT_EQ(reap(running.launched.pidfd), 0);
  auto again = stage.launch(running.record);
  ASSERT_TRUE(again) << again.error().text();
  running.launched = std::move(*again);
  EXPECT_TRUE(runtime::release(running.launched));
  EXPECT_EQ(stage.finish(running).output, "here\n");
}

TEST(Container, MountsBindsVolumesFilesAndMemory) {
  ContainerStage stage;
  std::filesystem::create_directories(stage.path("bound"));
  std::ofstream(stage.path("bound") + "/text") << "bound\n";
  std::ofstream(stage.path("secret")) << "hidden\n";
  std::filesystem::create_directories(stage.layout.volume_data(schemas::VolumeName("v")));
  schemas::ContainerConfig config = stage.script(
      "cat /data/bound/text /run/secrets/s; touch /data/bound/x 2>/dev/null || echo read-only; "
      "echo kept >/vol/k; stat -c '%a %u' /run/secrets/s; grep ' /mem ' /proc/mounts");
  config.mounts = {
      schemas::BindMount{.source = stage.path("bound"),
                         .target = "/data/bound",
                         .access = schemas::Access::ReadOnly},
      schemas::TmpfsMount{.target = "/mem", .size = 1 << 20},
      schemas::FileMount{
          .source = stage.path("secret"), .target = "/run/secrets/s", .uid = 7, .mode = 0440},
      schemas::VolumeMount{.volume = schemas::VolumeName("v"), .target = "/vol"}};
  const Outcome outcome = stage.run(config);
  EXPECT_EQ(outcome.failure, "");
  EXPECT_THAT(outcome.output, HasSubstr("bound\nhidden\nread-only\n440 7\n"));
  EXPECT_THAT(outcome.output, HasSubstr("tmpfs /mem tmpfs rw,nosuid,nodev,noexec"));
  EXPECT_TRUE(std::filesystem::exists(stage.layout.volume_data(schemas::VolumeName("v")) + "/k"));
}

TEST(Container, MayHaveAReadOnlyRoot) {
  ContainerStage stage;
  schemas::ContainerConfig config =
      stage.script("touch /x 2>/dev/null || echo refused; touch /dev/shm/x && echo shm");
  config.root_access = schemas::Access::ReadOnly;
  EXPECT_EQ(stage.run(config).output, "refused\nshm\n");
}

TEST(Container, RunsBehindAReapingInit) {
  ContainerStage stage;
  schemas::ContainerConfig config = stage.script(
      "(sleep 0 &) ; cat /proc/1/cmdline | grep -c tutti-init; trap 'exit 9' TERM; kill $$; "
      "sleep 100");
  config.init = true;
  const Outcome outcome = stage.run(config);
  EXPECT_EQ(outcome.output, "1\n");
  EXPECT_EQ(outcome.exit_code, 9);
}

TEST(Container, EndsWhenItsStarterDiesBeforeTheGate) {
  ContainerStage stage;
  RunningContainer running;
  running.record = stage.create(stage.script("echo never"));
  auto launched = stage.launch(running.record);
  ASSERT_TRUE(launched) << launched.error().text();
  running.launched = std::move(*launched);
  running.launched.go.close();
  const Outcome outcome = stage.finish(running);
  EXPECT_EQ(outcome.exit_code, 125);
  EXPECT_EQ(outcome.output, "");
}

TEST(Container, IsSeenToRunAndToBeGone) {
  ContainerStage stage;
  RunningContainer running = stage.start(stage.script("sleep 1000"));
  running.record.state = schemas::ContainerState::Running;
  EXPECT_EQ(runtime::observe_container(running.record).state, schemas::ContainerState::Running);
  EXPECT_TRUE(runtime::kill_cgroup(stage.host.cgroups,
                                   runtime::cgroup_path(stage.names, running.record.config.name)));
  EXPECT_EQ(stage.finish(running).exit_code, 137);
  EXPECT_EQ(runtime::observe_container(running.record).state, schemas::ContainerState::Exited);
}

}  // namespace
}  // namespace tests
