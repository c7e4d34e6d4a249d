// Launch plans against golden texts: tests/golden/launch/<case>/expected.txt.
#include "runtime/container/launch_plan.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "runtime/container/capabilities.hpp"

namespace tests {
namespace {

using runtime::MountPoint;
using testing::HasSubstr;

schemas::ContainerConfig shop_web() {
  schemas::ContainerConfig config;
  config.name = schemas::ContainerName("shop-web-1");
  config.image = schemas::ImageReference("demo/web:1");
  config.layers = {schemas::Digest{std::string(64, 'b')}, schemas::Digest{std::string(64, 'c')}};
  config.command = {"nginx", "-g", "daemon off;"};
  config.environment = {{"LANG", "C.UTF-8"}};
  config.hostname = "web";
  config.working_directory = "/srv";
  return config;
}

runtime::HostFacts plain_host() {
  runtime::HostFacts host;
  host.masked = {{"/proc/kcore"}, {"/sys/firmware", runtime::MaskedPath::Kind::Directory}};
  host.read_only_paths = {"/proc/sys"};
  host.capabilities = ~std::uint64_t{0};
  return host;
}

schemas::Result<runtime::LaunchPlan> plan(const schemas::ContainerConfig& config,
                                          const runtime::LaunchFacts& facts = {}) {
  const runtime::StateLayout layout{.root = "/var/lib/tutti", .run = "/run/tutti"};
  return runtime::plan_launch(config, layout, schemas::ProjectName("shop"), facts, plain_host());
}

// GOLDEN=accept rewrites the expected file; the test is then skipped, not passed.
void expect_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path folder =
      std::filesystem::path(SOURCE_DIRECTORY) / "tests/golden/launch" / name;
  const char* golden = std::getenv("GOLDEN");
  if (golden != nullptr && std::string(golden) == "accept") {
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "expected.txt") << text;
    GTEST_SKIP() << "accepted " << folder;
  }
  std::ifstream file(folder / "expected.txt");
  std::stringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(text, expected.str());
}

TEST(LaunchPlan, OfAPlainService) {
  const auto planned = plan(shop_web(), {.user = {.groups = {0}, .home = "/root"}});
  ASSERT_TRUE(planned) << planned.error().text();
  expect_golden("plain", runtime::describe(*planned));
}

TEST(LaunchPlan, OfAServiceWithEverything) {
  schemas::ContainerConfig config = shop_web();
  config.command = {"/app/run", "two words"};
  config.environment["PATH"] = "/app:relative:/bin";
  config.environment["HOME"] = "/data";
  config.mounts = {
      schemas::BindMount{
          .source = "/srv/conf", .target = "/etc/nginx/", .access = schemas::Access::ReadOnly},
      schemas::VolumeMount{.volume = schemas::VolumeName("shop_data"), .target = "/data/deep"},
      schemas::TmpfsMount{.target = "/data", .size = 1 << 20, .mode = 0700},
      schemas::FileMount{.source = "/srv/key", .target = "/run/secrets/key"},
      schemas::TmpfsMount{.target = "/dev/shm", .size = std::nullopt}};
  config.root_access = schemas::Access::ReadOnly;
  config.network_mode = schemas::NetworkMode::Host;
  config.new_privileges = schemas::NewPrivileges::Refused;
  config.cap_drop = {"ALL"};
  config.cap_add = {"NET_BIND_SERVICE"};
  config.init = true;
  const auto planned =
      plan(config, {.user = {.uid = 1000, .gid = 100, .groups = {10, 100}},
                    .sources = {MountPoint::Directory, MountPoint::Directory, MountPoint::Directory,
                                MountPoint::File, MountPoint::Directory}});
  ASSERT_TRUE(planned) << planned.error().text();
  expect_golden("everything", runtime::describe(*planned));
}

TEST(LaunchPlan, RefusesWhatCannotWork) {
  schemas::ContainerConfig config = shop_web();
  config.command.clear();
  EXPECT_THAT(plan(config).error().text(), HasSubstr("there is no command"));
  config = shop_web();
  config.layers.assign(200, schemas::Digest{std::string(64, 'd')});
  EXPECT_THAT(plan(config).error().text(), HasSubstr("has 200 layers"));
  config.layers.clear();
  EXPECT_THAT(plan(config).error().text(), HasSubstr("has no layers"));
  for (const char* target : {"/", "/proc", "/proc/sys", "//proc/./x", "relative", "/a/../proc"}) {
    config = shop_web();
    config.mounts = {schemas::TmpfsMount{.target = target, .size = std::nullopt}};
    EXPECT_FALSE(plan(config, {.sources = {MountPoint::Directory}})) << target;
  }
}

TEST(LaunchPlan, DropsOurDeviceMountsBelowAUsersDev) {
  schemas::ContainerConfig config = shop_web();
  config.mounts = {schemas::BindMount{.source = "/dev", .target = "/dev"}};
  const auto planned = plan(config, {.sources = {MountPoint::Directory}});
  ASSERT_TRUE(planned);
  for (const runtime::PlannedMount& mount : planned->mounts)
    EXPECT_FALSE(mount.target.starts_with("dev/")) << mount.target;
}

}  // namespace
}  // namespace tests
