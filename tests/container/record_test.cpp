// Records there and back, files of /etc, files of unmounted images, words for failed starts.
#include "runtime/container/record.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "runtime/container/child_report.hpp"
#include "runtime/container/etc_files.hpp"
#include "runtime/container/image_files.hpp"
#include "runtime/container/launch.hpp"
#include "runtime/container/record_fields.hpp"
#include "tests/support/temporary_directory.hpp"

namespace tests {
namespace {

using schemas::ErrorKind;
using schemas::Instant;
using std::chrono::seconds;
using testing::HasSubstr;

runtime::ContainerRecord full_record() {
  runtime::ContainerRecord record;
  record.config.name = schemas::ContainerName("shop-web-1");
  record.config.image_id = schemas::Digest{std::string(64, 'a')};
  record.config.layers = {schemas::Digest{std::string(64, 'b')}};
  record.config.command = {"run"};
  record.config.hostname = "web";
  record.config.working_directory = "/";
  record.fingerprint = schemas::fingerprint(record.config);
  record.endpoints = {{.network = schemas::NetworkName("shop_front"), .address = {0x0a590002}}};
  record.created_at = schemas::WallTime(seconds(1'700'000'000));
  record.process = {.pid = 42, .start_time = 4711};
  record.state = schemas::ContainerState::Running;
  record.generation = 3;
  record.started_at = schemas::WallTime(seconds(1'700'000'001));
  record.started = Instant(seconds(77));
  record.restart_count = 2;
  record.backoff = std::chrono::milliseconds(400);
  record.stop_sent = Instant(seconds(80));
  record.stop_wanted = true;
  record.exit = schemas::ExitStatus{.code = 137, .core_dumped = true};
  record.failure = "it broke";
  record.health = {.state = schemas::Health::Unhealthy,
                   .failing_streak = 3,
                   .probe_started = Instant(seconds(79)),
                   .log = {{.started = Instant(seconds(70)),
                            .ended = Instant(seconds(71)),
                            .exit_code = -1,
                            .output = "line\n\"quoted\""}}};
  return record;
}

TEST(Record, ComesBackAsItWasWritten) {
  const TemporaryDirectory directory;
  const runtime::StateLayout layout{.root = directory / "root", .run = directory / "run"};
  const schemas::ProjectName project("shop");
  const runtime::ContainerRecord record = full_record();
  ASSERT_TRUE(runtime::write_config_record(layout, project, record));
  ASSERT_TRUE(runtime::write_state_record(layout, project, record));
  auto read = runtime::read_record(layout, project, record.config.name);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, record);
  std::filesystem::create_directories(layout.project(project) + "/containers/half-made");
  std::filesystem::create_directories(layout.project(project) + "/containers/.removed-x");
  auto listed = runtime::list_records(layout, project);
  ASSERT_TRUE(listed) << listed.error().text();
  EXPECT_EQ(listed->records.size(), 1U);
  EXPECT_TRUE(listed->damaged.empty());
  EXPECT_TRUE(runtime::list_records(layout, schemas::ProjectName("none"))->records.empty());
}

TEST(Record, KnowsAfterARebootWhetherItEverRan) {
  const TemporaryDirectory directory;
  const runtime::StateLayout layout{.root = directory / "root", .run = directory / "run"};
  const schemas::ProjectName project("shop");
  const runtime::ContainerRecord record = full_record();
  ASSERT_TRUE(runtime::write_config_record(layout, project, record));
  EXPECT_EQ(runtime::read_record(layout, project, record.config.name)->state,
            schemas::ContainerState::Created);
  std::filesystem::create_directories(layout.container(project, record.config.name) + "/work/work");
  const auto read = runtime::read_record(layout, project, record.config.name);
  EXPECT_EQ(read->state, schemas::ContainerState::Exited);
  EXPECT_FALSE(read->exit->known);
  EXPECT_NE(read->finished_at, schemas::WallTime{});
}

TEST(Record, ThatIsDamagedStandsApartFromTheOthers) {
  const TemporaryDirectory directory;
  const runtime::StateLayout layout{.root = directory / "root", .run = directory / "run"};
  const schemas::ProjectName project("shop");
  const runtime::ContainerRecord record = full_record();
  ASSERT_TRUE(runtime::write_config_record(layout, project, record));
  directory.write("root/projects/shop/containers/shop-db-1/config.json", "");
  directory.write("root/projects/shop/containers/shop-db-2/config.json", R"({"config": 1})");
  const auto listed = runtime::list_records(layout, project);
  ASSERT_TRUE(listed) << listed.error().text();
  EXPECT_EQ(listed->records.size(), 1U);
  ASSERT_EQ(listed->damaged.size(), 2U);
  const runtime::ContainerRecord stand_in = runtime::stand_in_for(listed->damaged.front());
  EXPECT_EQ(stand_in.config.name.text, "shop-db-1");
  EXPECT_EQ(stand_in.state, schemas::ContainerState::FailedToStart);
  EXPECT_THAT(stand_in.failure, HasSubstr("damaged"));
}

TEST(Record, RefusesWhatItDoesNotKnow) {
  for (const char* text :
       {R"({"pid": -1})", R"({"pid": "1"})", R"({"state": "flying"})", R"({"new": 1})", R"([])",
        R"({"restart_count": -1})", R"({"started_at": "yesterday"})", R"({"exit": {"code": 1e3}})",
        R"({"stop_wanted": "true"})", R"({"generation": 99999999999999999999})"}) {
    auto node = schemas::read_json(text, "state.json");
    ASSERT_TRUE(node) << text;
    runtime::ContainerRecord record;
    EXPECT_FALSE(runtime::read_state_part(*node, record)) << text;
  }
}

TEST(Record, KeepsOnlyTextThatJsonCanHold) {
  EXPECT_EQ(runtime::clean_text("gr\xc3\xbc\xc3\x9f \xf0\x9f\x8e\xb5"),
            "gr\xc3\xbc\xc3\x9f \xf0\x9f\x8e\xb5");
  EXPECT_EQ(runtime::clean_text(std::string_view("a\0\xff\xc0\xaf\xed\xa0\x80z", 9)), "a???????z");
  EXPECT_EQ(runtime::clean_text("cut \xe2\x82"), "cut ??");
}

TEST(EtcFiles, NameTheContainerAndItsExtraHosts) {
  schemas::ContainerConfig config = full_record().config;
  config.extra_hosts = {{"db", "10.0.0.9"}, {"host", "host-gateway"}};
  const auto text =
      runtime::write_hosts(config, full_record().endpoints, schemas::Ipv4Address{0x0a590001}, "");
  EXPECT_EQ(text.value_or(""),
            "127.0.0.1\tlocalhost\n10.0.0.9\tdb\n10.89.0.1\thost\n10.89.0.2\tweb\n");
  EXPECT_FALSE(runtime::write_hosts(config, {}, std::nullopt, ""));
  config.extra_hosts = {{"a\nb", "10.0.0.9"}};
  EXPECT_FALSE(runtime::write_hosts(config, {}, std::nullopt, ""));
}

TEST(EtcFiles, KeepTheHostsSearchListAndOptions) {
  schemas::ContainerConfig config = full_record().config;
  EXPECT_EQ(
      runtime::write_resolv_conf(
          config, "# comment\nsearch old\nnameserver 1.1.1.1\nsearch lan  corp\noptions rotate\n"),
      "nameserver 127.0.0.11\nsearch lan corp\noptions rotate ndots:0\n");
  EXPECT_EQ(runtime::write_resolv_conf(config, "options ndots:2"),
            "nameserver 127.0.0.11\noptions ndots:2\n");
  config.network_mode = schemas::NetworkMode::Host;
  EXPECT_EQ(runtime::write_resolv_conf(config, "nameserver 1.1.1.1\n"), "nameserver 1.1.1.1\n");
}

TEST(ImageFiles, AreFoundInTheUppermostLayerThatHasThem) {
  const TemporaryDirectory image;
  image.write("base/etc/passwd", "base");
  image.write("top/etc/other", "x");
  const std::vector<std::string> layers{image / "top", image / "base"};
  EXPECT_EQ(runtime::read_image_file(layers, "etc/passwd").value_or(""), "base");
  image.write("top/etc/passwd", "top");
  EXPECT_EQ(runtime::read_image_file(layers, "etc/passwd").value_or(""), "top");
  EXPECT_EQ(runtime::read_image_file(layers, "etc/none").value_or("?"), "");
}

TEST(ImageFiles, FollowLinksWithinTheImageOnly) {
  const TemporaryDirectory image;
  image.write("outside", "secret");
  image.write("base/usr/etc/passwd", "moved");
  std::filesystem::create_directories(image / "top/etc");
  const std::vector<std::string> layers{image / "top", image / "base"};
  std::filesystem::create_symlink("../usr/etc/passwd", image / "top/etc/passwd");
  EXPECT_EQ(runtime::read_image_file(layers, "etc/passwd").value_or(""), "moved");
  std::filesystem::create_symlink("../../outside", image / "top/etc/group");
  EXPECT_EQ(runtime::read_image_file(layers, "etc/group").value_or("?"), "");
  std::filesystem::create_symlink("loop", image / "top/etc/loop");
  EXPECT_FALSE(runtime::read_image_file(layers, "etc/loop"));
}

TEST(StartReport, IsPendingThenRunningOrWords) {
  std::array<int, 2> ends{-1, -1};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const runtime::FileDescriptor reading(ends[0]);
  runtime::FileDescriptor writing(ends[1]);
  EXPECT_EQ(runtime::read_start_report(reading).outcome, runtime::StartOutcome::Pending);
  runtime::ChildFailure failure{.step = runtime::ChildStep::Execute, .error_number = ENOENT};
  failure.subject = {"nginks"};
  failure.detail = {"/usr/bin:/bin"};
  ASSERT_EQ(::write(writing.get(), &failure, sizeof(failure)), ssize_t{sizeof(failure)});
  const runtime::StartReport report = runtime::read_start_report(reading);
  EXPECT_EQ(report.outcome, runtime::StartOutcome::Failed);
  EXPECT_EQ(report.exit_code, 127);
  EXPECT_THAT(report.text, HasSubstr("command nginks was not found in PATH (/usr/bin:/bin)"));
  writing.close();
  EXPECT_EQ(runtime::read_start_report(reading).outcome, runtime::StartOutcome::Running);
}

}  // namespace
}  // namespace tests
