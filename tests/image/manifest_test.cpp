// Pure: the JSON documents of the image store.
#include "runtime/image/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace runtime;  // NOLINT: the documents of one header

schemas::Digest digest(char digit) { return {std::string(64, digit)}; }

ImageConfiguration a_configuration() {
  ImageConfiguration configuration;
  configuration.created = schemas::WallTime(std::chrono::seconds(1'700'000'000));
  configuration.architecture = "amd64";
  configuration.layers = {digest('a'), digest('b')};
  configuration.config = {.entrypoint = {"/entry"},
                          .command = {"a", "b c"},
                          .environment = {{"A", "1=2"}, {"B", ""}},
                          .user = "redis",
                          .working_directory = "/data",
                          .stop_signal = "SIGQUIT",
                          .volumes = {"/a", "/b"},
                          .exposed_ports = {"80/tcp"},
                          .labels = {{"k", "\"v\""}},
                          .health = schemas::HealthConfig{.command = {"probe"}, .retries = 9}};
  return configuration;
}

TEST(Manifest, ConfigurationSurvivesTheWayThroughJson) {
  const std::string text = write_configuration(a_configuration());
  auto read = read_configuration(text, "test");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, a_configuration());
  EXPECT_EQ(write_configuration(*read), text);
}

TEST(Manifest, ReadsWhatDockerWrites) {
  auto read = read_configuration(
      R"({"architecture":"amd64","os":"linux","created":"2024-01-02T03:04:05.5Z","history":[{"created_by":"x"}],
      "config":{"Cmd":null,"Env":["PATH=/bin"],"Entrypoint":["/x"],"ArgsEscaped":true,"OnBuild":null,
      "Volumes":{"/data":{}},"Healthcheck":{"Test":["CMD-SHELL","curl x"],"Interval":0}},
      "rootfs":{"type":"layers","diff_ids":["sha256:)" +
          std::string(64, 'a') + R"("]}})",
      "docker");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->config.environment.at("PATH"), "/bin");
  EXPECT_EQ(read->config.health->command.front(), "/bin/sh");
  EXPECT_EQ(read->config.health->interval, std::chrono::seconds(30));
}

TEST(Manifest, ManifestAndIndexSurviveTheWayThroughJson) {
  const ImageManifest manifest{
      .config = {std::string(media_type::kConfig), digest('c'), 12, {}},
      .layers = {{std::string(media_type::kLayer), digest('d'), 1'000'000'000'000, {}}}};
  auto read = read_manifest(write_manifest(manifest), "manifest");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, manifest);
  const ImageIndex index{{{std::string(media_type::kManifest),
                           digest('e'),
                           3,
                           {{std::string(kReferenceAnnotation), "redis:latest"}}}}};
  auto read_back = read_index(write_index(index), "index");
  ASSERT_TRUE(read_back) << read_back.error().text();
  EXPECT_EQ(*read_back, index);
}

TEST(Manifest, RefusesADocumentThatIsTwoThingsAtOnce) {
  const std::string both = R"({"schemaVersion":2,"config":{},"layers":[],"manifests":[]})";
  EXPECT_FALSE(read_manifest(both, "x"));
  EXPECT_FALSE(read_index(both, "x"));
  EXPECT_FALSE(read_manifest(write_index({}), "x"));
}

TEST(Manifest, RefusesDigestsThatAreNoDigests) {
  for (const char* bad : {"sha256:../../x", "sha256:12", "md5:x", ""}) {
    const std::string text =
        std::string(R"({"schemaVersion":2,"config":{"mediaType":"x","size":1,"digest":")") + bad +
        R"("},"layers":[]})";
    EXPECT_FALSE(read_manifest(text, "x")) << bad;
  }
}

TEST(Manifest, RefusesWrongTypes) {
  const std::string rootfs = R"("rootfs":{"diff_ids":[]})";
  EXPECT_TRUE(read_configuration("{" + rootfs + "}", "x"));
  for (const char* config :
       {R"({"Cmd":"x"})", R"({"Env":[1]})", R"({"Env":["=x"]})", R"({"User":5})",
        R"({"Volumes":[]})", R"({"Healthcheck":{"Test":["CMD"]}})",
        R"({"Healthcheck":{"Test":["CMD","x"],"Interval":-1}})"}) {
    EXPECT_FALSE(read_configuration("{" + rootfs + ",\"config\":" + config + "}", "x")) << config;
  }
}

}  // namespace
