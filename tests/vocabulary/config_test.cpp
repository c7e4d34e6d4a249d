// Canonical configs: they come back as they were written, and differences read like the file.
#include <gmock/gmock.h>

#include "schemas/vocabulary/config/container_config.hpp"
#include "schemas/vocabulary/config/firewall_config.hpp"
#include "schemas/vocabulary/finding.hpp"

namespace schemas {
namespace {

ContainerConfig full_config() {
  ContainerConfig config;
  config.name = ContainerName("shop-web-1");
  config.image = ImageReference("demo/web:1");
  config.image_id = sha256_of("image");
  config.layers = {sha256_of("one"), sha256_of("two")};
  config.command = {"web", "--port", "80", ""};
  config.environment = {{"A", "1"}, {"EMPTY", ""}, {"NEWLINE", "a\nb"}};
  config.user = "www";
  config.working_directory = "/srv";
  config.hostname = "web";
  config.mounts = {BindMount{.source = "/etc/x",
                             .target = "/a",
                             .access = Access::ReadOnly,
                             .missing = MissingSource::Refuse},
                   VolumeMount{.volume = VolumeName("v"), .target = "/b", .copy_up = CopyUp::None},
                   TmpfsMount{.target = "/c", .size = 4096, .mode = 0700},
                   FileMount{.source = "/s", .target = "/d", .uid = 1, .gid = 2, .mode = 0400}};
  config.endpoints = {{.network = NetworkName("shop_front"),
                       .aliases = {"web"},
                       .address = read_ipv4("10.1.0.9").value(),
                       .gateway_priority = -5}};
  config.ports = {{.host_address = read_ipv4("127.0.0.1").value(),
                   .host_port = 8080,
                   .container_port = 80,
                   .transport = Transport::Udp}};
  config.extra_hosts = {{"host", "host-gateway"}};
  config.cap_add = {"NET_ADMIN"};
  config.cap_drop = {"ALL"};
  config.new_privileges = NewPrivileges::Refused;
  config.root_access = Access::ReadOnly;
  config.init = true;
  config.limits = {.memory = 64 << 20, .nano_cpus = 500'000'000, .pids = 100};
  config.shm_size = 1 << 20;
  config.restart = {.mode = RestartMode::OnFailure, .max_attempts = 3};
  config.health = HealthConfig{.command = {"true"}, .retries = 7};
  config.stop_signal = 3;
  config.stop_grace = std::chrono::milliseconds{1500};
  config.labels = {{"a.b", "c"}};
  return config;
}

TEST(ContainerConfig, SurvivesItsCanonicalForm) {
  for (const ContainerConfig& config : {ContainerConfig{}, full_config()}) {
    const std::string text = write_json(write_container_config(config));
    auto back = read_container_config(*read_json(text, "config.json"));
    ASSERT_TRUE(back.has_value()) << back.error().text();
    EXPECT_EQ(*back, config);
    EXPECT_EQ(fingerprint(*back), fingerprint(config));
  }
}

TEST(ContainerConfig, RefusesARecordOfAnotherShape) {
  for (const char* text :
       {"[]", R"({"name":[]})", R"({"ports":[{"published":70000}]})", R"({"restart":"sometimes"})",
        R"({"image_id":"sha256:x"})", R"({"volumes":[{"type":"floppy"}]})"}) {
    EXPECT_FALSE(read_container_config(*read_json(text, "r")).has_value()) << text;
  }
}

TEST(ContainerConfig, DescribesADifferenceInTheFilesWords) {
  const ContainerConfig before = full_config();
  ContainerConfig after = before;
  EXPECT_EQ(describe_difference(before, after), "");
  after.limits.memory = 128 << 20;
  after.command = {"other"};
  EXPECT_EQ(describe_difference(before, after), "command changed; limits.memory 64m -> 128m");
}

TEST(ContainerConfig, DescribesKeysThatComeAndGo) {
  const ContainerConfig before = full_config();
  ContainerConfig after = before;
  after.environment.erase("A");
  after.environment["B"] = "2";
  after.limits.nano_cpus = 1'500'000'000;
  after.health.reset();
  EXPECT_EQ(describe_difference(before, after),
            "environment.A 1 -> none; environment.B none -> 2; limits.cpus 0.5 -> 1.5; "
            "healthcheck removed");
}

TEST(ContainerConfig, DoesNotShowWhatLooksLikeASecret) {
  ContainerConfig before = full_config();
  before.environment["DB_PASSWORD"] = "old";
  ContainerConfig after = before;
  after.environment["DB_PASSWORD"] = "new";
  EXPECT_EQ(describe_difference(before, after), "environment.DB_PASSWORD changed");
}

TEST(ContainerConfig, SaysThatAnImagesContentChanged) {
  const ContainerConfig before = full_config();
  ContainerConfig after = before;
  after.image_id = sha256_of("other");
  after.layers.pop_back();
  after.labels["com.docker.compose.config-hash"] = "x";
  EXPECT_EQ(describe_difference(before, after), "content of image demo/web:1 changed");
}

TEST(NetworkConfig, SurvivesItsCanonicalForm) {
  const NetworkConfig config{.name = NetworkName("shop_front"),
                             .key = "front",
                             .subnet = *read_subnet("10.1.0.0/24"),
                             .gateway = *read_ipv4("10.1.0.254"),
                             .reach = Reach::Internal,
                             .mtu = 1400};
  EXPECT_EQ(*read_network_config(write_network_config(config)), config);
  EXPECT_EQ(*read_network_config(write_network_config({})), NetworkConfig{});
}

TEST(PublishedPort, ReadsAsDockerPrintsIt) {
  const PublishedPort port{.host_address = {}, .host_port = 8080, .container_port = 80};
  EXPECT_EQ(port.text(), "0.0.0.0:8080->80/tcp");
}

TEST(FirewallConfig, HasAFingerprintThatSeesEveryPart) {
  FirewallConfig config;
  const Digest empty = fingerprint(config);
  config.networks.push_back({.bridge = "br", .subnet = *read_subnet("10.1.0.0/24")});
  const Digest one = fingerprint(config);
  config.networks[0].reach = Reach::Internal;
  EXPECT_NE(empty, one);
  EXPECT_NE(one, fingerprint(config));
}

TEST(Finding, ShowsTheLineWithACaret) {
  Finding finding{
      .severity = Severity::Error,
      .mark = {.file = std::make_shared<const std::string>("compose.yaml"), .line = 3, .column = 5},
      .path = "services.web.imgae",
      .text = "unknown key",
      .hint = "did you mean `image`?",
      .source = {}};
  EXPECT_EQ(describe(finding),
            "compose.yaml:3:5: error: services.web.imgae: unknown key (did you mean `image`?)");
  std::vector<Finding> findings{finding};
  quote_source(findings, "compose.yaml", "services:\n  web:\n    imgae: x\n");
  EXPECT_EQ(explain(findings),
            "compose.yaml:3:5: error: services.web.imgae: unknown key\n"
            "    3 |     imgae: x\n"
            "      |     ^\n"
            "      hint: did you mean `image`?\n");
}

}  // namespace
}  // namespace schemas
