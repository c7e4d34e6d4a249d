// Pure: `--change` instructions and image references.
#include "runtime/image/change.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/image/image_reference.hpp"

namespace {

using schemas::ImageConfig;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

ImageConfig changed(std::initializer_list<std::string_view> instructions) {
  ImageConfig config;
  for (const std::string_view instruction : instructions) {
    auto result = runtime::apply_change(std::move(config), instruction);
    EXPECT_TRUE(result) << result.error().text();
    config = result ? std::move(*result) : ImageConfig{};
  }
  return config;
}

std::string refusal(std::string_view instruction) {
  auto result = runtime::apply_change({}, instruction);
  return result ? "accepted" : result.error().text();
}

TEST(Change, TakesTheExecFormAndTheShellForm) {
  EXPECT_THAT(changed({R"(CMD ["redis-server", "--save", ""])"}).command,
              ElementsAre("redis-server", "--save", ""));
  EXPECT_THAT(changed({"cmd echo $HOME"}).command, ElementsAre("/bin/sh", "-c", "echo $HOME"));
  EXPECT_THAT(changed({"CMD [ -f /x ] && run"}).command,
              ElementsAre("/bin/sh", "-c", "[ -f /x ] && run"));
}

TEST(Change, ANewEntrypointTakesTheInheritedCommandAway) {
  const ImageConfig config = changed({R"(CMD ["a"])", R"(ENTRYPOINT ["b"])"});
  EXPECT_TRUE(config.command.empty());
  EXPECT_THAT(config.entrypoint, ElementsAre("b"));
}

TEST(Change, ReadsBothFormsOfEnvironment) {
  EXPECT_THAT(
      changed({R"(ENV A=1 B="two words" C='it''s' D=a\ b)", "ENV OLD the rest of it"}).environment,
      ElementsAre(Pair("A", "1"), Pair("B", "two words"), Pair("C", "its"), Pair("D", "a b"),
                  Pair("OLD", "the rest of it")));
}

TEST(Change, KeepsPortsAndVolumesSortedAndSingle) {
  const ImageConfig config =
      changed({"EXPOSE 80 53/udp", "EXPOSE 80/tcp", R"(VOLUME ["/b", "/a"])", "VOLUME /b /c"});
  EXPECT_THAT(config.exposed_ports, ElementsAre("53/udp", "80/tcp"));
  EXPECT_THAT(config.volumes, ElementsAre("/a", "/b", "/c"));
}

TEST(Change, ARelativeWorkingDirectoryContinuesTheLast) {
  EXPECT_EQ(changed({"WORKDIR /a", "WORKDIR b"}).working_directory, "/a/b");
  EXPECT_EQ(changed({"WORKDIR b"}).working_directory, "/b");
}

TEST(Change, ReadsHealthChecks) {
  const ImageConfig config = changed({"HEALTHCHECK --interval=2s --retries=7 CMD redis-cli ping"});
  ASSERT_TRUE(config.health);
  EXPECT_EQ(config.health->interval, std::chrono::seconds(2));
  EXPECT_EQ(config.health->retries, 7U);
  EXPECT_THAT(config.health->command, ElementsAre("/bin/sh", "-c", "redis-cli ping"));
  EXPECT_FALSE(changed({"HEALTHCHECK CMD x", "HEALTHCHECK NONE"}).health);
}

TEST(Change, SetsUserStopSignalAndLabels) {
  const ImageConfig config = changed({"USER redis:redis", "STOPSIGNAL SIGQUIT", "LABEL a=b"});
  EXPECT_EQ(config.user, "redis:redis");
  EXPECT_EQ(config.stop_signal, "SIGQUIT");
  EXPECT_THAT(config.labels, ElementsAre(Pair("a", "b")));
}

TEST(Change, RefusesWhatItDoesNotUnderstand) {
  EXPECT_THAT(refusal("RUN rm -rf /"), HasSubstr("only CMD"));
  for (const char* bad :
       {"", "CMD", "EXPOSE x", "EXPOSE 70000", "EXPOSE 80/icmp", "VOLUME a", "ENV A", "ENV \"A=1",
        "HEALTHCHECK --bogus=1 CMD x", "HEALTHCHECK --", "HEALTHCHECK CMD []", "CMD [1]"}) {
    EXPECT_NE(refusal(bad), "accepted") << bad;
  }
}

std::string familiar(std::string_view text) {
  auto image = runtime::read_image_reference(text);
  return image ? image->familiar().text : "refused";
}

TEST(ImageReference, TakesTheFamiliarForm) {
  EXPECT_EQ(familiar("redis"), "redis:latest");
  EXPECT_EQ(familiar("docker.io/library/redis:7"), "redis:7");
  EXPECT_EQ(familiar("index.docker.io/tutti/base"), "tutti/base:latest");
  EXPECT_EQ(familiar("localhost/redis"), "localhost/redis:latest");
  EXPECT_EQ(familiar("host:5000/a/b:c"), "host:5000/a/b:c");
  EXPECT_EQ(familiar("a__b/c-d.e--f"), "a__b/c-d.e--f:latest");
}

TEST(ImageReference, KeepsADigest) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  auto image = runtime::read_image_reference("redis@" + digest);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->digest->text(), digest);
  EXPECT_EQ(image->tag, "");
}

TEST(ImageReference, RefusesWhatIsNoName) {
  for (const char* bad : {"", ":", "Redis", "a//b", "-a", "a..b", "a___b", "../x", "a:", "a:-x",
                          "a@sha256:12", "a b", "a/b/", "/a", "host:x/a", "a:b\n"}) {
    EXPECT_EQ(familiar(bad), "refused") << bad;
  }
}

}  // namespace
