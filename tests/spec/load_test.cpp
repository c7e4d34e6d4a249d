// Loading as a whole: names, files that are missing, hostile input, and mutations of good files.
#include "schemas/spec/load.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <gmock/gmock.h>

#include "schemas/spec/write.hpp"

namespace schemas {
namespace {

using ::testing::HasSubstr;

using Loaded = std::expected<LoadedSpec, std::vector<Finding>>;

Loaded load(const std::string& text, Environment environment = {},
            std::optional<std::string> name = {}) {
  const LoadRequest request{.files = {"/work/My Shop/compose.yaml"},
                            .working_directory = "/work/My Shop",
                            .project_name = std::move(name),
                            .environment = std::move(environment)};
  return load_spec(request, [&](const std::string& path) -> Result<std::string> {
    if (path == "/work/My Shop/compose.yaml") return text;
    return fail(ErrorKind::NotFound, "{}: no such file", path);
  });
}

std::string refusal(const std::string& text) {
  const Loaded loaded = load(text);
  return loaded ? "accepted" : explain(loaded.error());
}

const std::string kSmall = "services: {web: {image: x}}\n";

TEST(Load, TakesTheProjectNameFromTheNearestSource) {
  const Environment environment{{"COMPOSE_PROJECT_NAME", "env"}};
  const std::string named = "name: From File\n" + kSmall;
  EXPECT_EQ(load(named, environment, "flag")->spec.name.text, "flag");
  EXPECT_EQ(load(named, environment)->spec.name.text, "env");
  EXPECT_EQ(load(named)->spec.name.text, "fromfile");
  EXPECT_EQ(load(kSmall)->spec.name.text, "myshop");
  EXPECT_FALSE(load(kSmall, {}, "Not Normal").has_value());
}

TEST(Load, OffersTheProjectNameToInterpolation) {
  const Loaded loaded = load("services: {web: {image: \"${COMPOSE_PROJECT_NAME}/x\"}}\n");
  EXPECT_EQ(loaded->spec.services.at(ServiceName("web")).image, "myshop/x");
}

TEST(Load, RefusesSeveralFilesAndMissingOnes) {
  const FileReader none = [](const std::string& path) -> Result<std::string> {
    return fail(ErrorKind::NotFound, "{}: no such file", path);
  };
  LoadRequest request{
      .files = {"/a", "/b"}, .working_directory = "/", .project_name = {}, .environment = {}};
  EXPECT_THAT(explain(load_spec(request, none).error()), HasSubstr("not supported yet"));
  request.files = {"/a"};
  EXPECT_THAT(explain(load_spec(request, none).error()), HasSubstr("/a: no such file"));
}

TEST(Load, TellsAllErrorsAtOnceInTheOrderOfTheFile) {
  const Loaded loaded = load("services:\n  web:\n    imgae: x\n    ports: [\"x\"]\n    build: .\n");
  ASSERT_FALSE(loaded.has_value());
  ASSERT_EQ(loaded.error().size(), 3U);
  EXPECT_EQ(loaded.error()[0].mark.text(), "compose.yaml:3:5");
  EXPECT_EQ(loaded.error()[1].mark.text(), "compose.yaml:4:13");
  EXPECT_EQ(loaded.error()[2].mark.text(), "compose.yaml:5:5");
}

TEST(Load, PutsACaretBelowAnErrorOfTheParserToo) {
  EXPECT_EQ(refusal("services:\n  web: a: b\n"),
            "compose.yaml:2:9: error: a `: ` where no mapping can be; quote the value if it is "
            "text\n    2 |   web: a: b\n      |         ^\n");
}

TEST(Load, RefusesTextsThatAreNoProject) {
  for (const char* text :
       {"", "5", "[]", "services:", "services: []", "services: {web: 5}", "---\n---\n",
        "services: {\"a b\": {image: x}}", "a: &a [*a]", "services: {web: }"}) {
    EXPECT_NE(refusal(text), "accepted") << text;
  }
}

TEST(Load, BoundsWhatVariablesExpandTo) {
  std::string text = "services: {web: {image: x, environment: {A: \"";
  for (int i = 0; i < 2000; ++i) text += "$BIG";
  const Loaded loaded = load(text + "\"}}}\n", {{"BIG", std::string(100'000, 'x')}});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_THAT(explain(loaded.error()), HasSubstr("too much text"));
}

TEST(Load, FindsALongCycleWithoutRecursion) {
  std::string text = "services:\n";
  for (int i = 0; i < 5000; ++i) {
    text += fmt::format("  s{}: {{image: x, depends_on: [s{}]}}\n", i, (i + 1) % 5000);
  }
  EXPECT_THAT(refusal(text), HasSubstr("dependency cycle: s0 -> s1 -> s2"));
}

TEST(Model, RefusesWhatIsNoModel) {
  for (const char* text :
       {"", "{}", "[]", "{\"name\":\"A B\",\"services\":{}}", "{\"name\":\"a\"}",
        "{\"name\":\"a\",\"services\":{\"w\":{\"image\":\"x\",\"env_file\":\"/etc/passwd\"}}}"}) {
    EXPECT_FALSE(read_spec_model(text).has_value()) << text;
  }
}

TEST(Model, KeepsDollarsAndPlaces) {
  const Loaded loaded = load("services: {web: {image: x, command: [\"$$HOME\", \"$$$$\"]}}\n");
  ASSERT_TRUE(loaded.has_value()) << explain(loaded.error());
  const std::string json = write_json(write_spec(loaded->spec));
  EXPECT_THAT(json, HasSubstr(R"("command":["$$HOME","$$$$"])"));
  const auto model = read_spec_model(json);
  ASSERT_TRUE(model.has_value());
  EXPECT_EQ(model->services.at(ServiceName("web")).command->front(), "$HOME");
  EXPECT_EQ(model->working_directory, "/work/My Shop");
  EXPECT_EQ(model->project_files, loaded->spec.project_files);
}

std::vector<std::string> golden_files() {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           std::filesystem::path(SOURCE_DIRECTORY) / "tests/golden/spec")) {
    if (entry.path().filename() != "compose.yaml") continue;
    std::ifstream file(entry.path());
    std::ostringstream text;
    text << file.rdbuf();
    texts.push_back(text.str());
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

// One to four small damages: a byte, a piece doubled, a piece lost, a piece of another file.
std::string mutate(std::string text, const std::string& other, std::mt19937& random) {
  const auto below = [&](std::size_t bound) { return bound == 0 ? 0 : random() % bound; };
  for (std::size_t i = 0, count = 1 + below(4); i < count; ++i) {
    const std::size_t at = below(text.size());
    const std::size_t length = std::min<std::size_t>(1 + below(40), text.size() - at);
    switch (below(5)) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(below(256));
        break;
      case 1:
        text.insert(at, text.substr(at, length));
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(at, 1, ":-[]{}&*!\"'$#\n "[below(15)]);
        break;
      default:
        text.insert(at, other.substr(below(other.size()), length));
        break;
    }
  }
  return text;
}

TEST(Load, NeverAcceptsAMutationThatItCannotPrintBack) {
  const std::vector<std::string> seeds = golden_files();
  ASSERT_FALSE(seeds.empty());
  std::mt19937 random(7);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{1};
  for (int round = 0; round < 5000 && std::chrono::steady_clock::now() < end; ++round) {
    const std::string text =
        mutate(seeds[random() % seeds.size()], seeds[random() % seeds.size()], random);
    const Loaded loaded = load(text);
    if (!loaded) {
      ASSERT_FALSE(loaded.error().empty()) << text;
      continue;
    }
    const std::string json = write_json(write_spec(loaded->spec));
    const auto again = read_spec_model(json);
    ASSERT_TRUE(again.has_value()) << text << "\n" << json << "\n" << explain(again.error());
    ASSERT_EQ(write_json(write_spec(*again)), json) << text;
  }
}

}  // namespace
}  // namespace schemas
