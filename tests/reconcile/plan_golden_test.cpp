// Golden plans: tests/golden/plan/<case>/desired.yaml, and what `up` would do on an empty machine.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "orchestrator/reconcile/reconcile.hpp"
#include "schemas/spec/load.hpp"
#include "tests/model/shop.hpp"

namespace tests {
namespace {

namespace fs = std::filesystem;
using namespace orchestrator;

constexpr const char* kFolder = SOURCE_DIRECTORY "/tests/golden/plan";

schemas::Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path);
  if (!file) return schemas::fail(schemas::ErrorKind::NotFound, "no file {}", path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Every image that a golden project names is the demo image under that name.
std::map<schemas::ImageReference, schemas::Image> images_for(const schemas::Spec& spec) {
  std::map<schemas::ImageReference, schemas::Image> images;
  for (const auto& [name, service] : spec.services) {
    const schemas::ImageReference reference(service.image);
    images[reference] = demo_images().at(schemas::ImageReference("demo"));
    images[reference].reference = reference;
  }
  return images;
}

// The project lies at /project, so that no path of this machine is in a plan.
std::string plan_text(const std::string& yaml) {
  const auto loaded =
      schemas::load_spec({.files = {"/project/compose.yaml"},
                          .working_directory = "/project",
                          .project_name = {},
                          .environment = {}},
                         [&](const std::string& path) -> schemas::Result<std::string> {
                           if (path == "/project/compose.yaml") return yaml;
                           return schemas::fail(schemas::ErrorKind::NotFound, "no file {}", path);
                         });
  if (!loaded) {
    std::string text;
    for (const schemas::Finding& finding : loaded.error()) text += finding.text + "\n";
    return text;
  }
  const schemas::Spec& spec = loaded->spec;
  const auto desired =
      desired_state(spec, images_for(spec), {.instance = {}, .project = spec.name});
  if (!desired) return desired.error().text() + "\n";
  return describe(reconcile(*desired, {}, schemas::Instant{}), spec.name);
}

class GoldenPlan : public testing::TestWithParam<std::string> {};

TEST_P(GoldenPlan, IsAsExpected) {
  const std::string folder = std::string(kFolder) + "/" + GetParam();
  const std::string actual = plan_text(*read_text(folder + "/desired.yaml"));
  const std::string expected_file = folder + "/expected.txt";
  const char* accept = std::getenv("GOLDEN");
  if (accept != nullptr && std::string(accept) == "accept") {
    std::ofstream(expected_file) << actual;
    GTEST_SKIP() << "accepted " << GetParam();
  }
  EXPECT_EQ(actual, read_text(expected_file).value_or("no expected.txt"));
}

std::vector<std::string> golden_cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Plan, GoldenPlan, testing::ValuesIn(golden_cases()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace tests
