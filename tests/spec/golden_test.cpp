// Golden project files: each folder of tests/golden/spec holds a compose.yaml (and its .env and
// other files) and what it becomes: expected.yaml (the model) and expected.txt (findings).
// GOLDEN=accept rewrites the expected files; the test is then reported as skipped.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "schemas/spec/dotenv.hpp"
#include "schemas/spec/load.hpp"
#include "schemas/spec/write.hpp"

namespace schemas {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path(SOURCE_DIRECTORY) / "tests/golden/spec";

std::optional<std::string> file_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The case's folder stands for /project, so that expected paths are the same on every machine.
FileReader reader_of(const fs::path& folder) {
  return [folder](const std::string& path) -> Result<std::string> {
    const std::string prefix = "/project/";
    auto text =
        path.starts_with(prefix) ? file_text(folder / path.substr(prefix.size())) : std::nullopt;
    if (text) return *text;
    return fail(ErrorKind::NotFound, "{}: no such file", path);
  };
}

struct Outcome {
  std::string model;     // expected.yaml
  std::string findings;  // expected.txt
};

Outcome outcome_of(const fs::path& folder) {
  const FileReader read = reader_of(folder);
  const auto environment =
      with_dotenv({{"HOME", "/root"}}, {"/project/.env"}, MissingFile::Skip, read);
  if (!environment) return {.model = {}, .findings = environment.error().text() + "\n"};
  const auto loaded = load_spec({.files = {"/project/compose.yaml"},
                                 .working_directory = "/project",
                                 .project_name = {},
                                 .environment = *environment},
                                read);
  if (!loaded) return {.model = {}, .findings = explain(loaded.error())};
  const std::string json = write_json(write_spec(loaded->spec));
  const auto again = read_spec_model(json);
  EXPECT_TRUE(again.has_value()) << (again ? "" : explain(again.error()));
  if (again) {
    EXPECT_EQ(write_json(write_spec(*again)), json) << "the model reads back differently";
  }
  return {.model = write_yaml(write_spec(loaded->spec)), .findings = explain(loaded->warnings)};
}

void write_or_remove(const fs::path& path, const std::string& text) {
  if (text.empty()) {
    fs::remove(path);
    return;
  }
  std::ofstream(path, std::ios::binary) << text;
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kCases)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class GoldenSpec : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenSpec, BecomesWhatIsExpected) {
  const fs::path folder = kCases / GetParam();
  const Outcome outcome = outcome_of(folder);
  const char* golden = std::getenv("GOLDEN");  // NOLINT(concurrency-mt-unsafe)
  if (golden != nullptr && std::string_view(golden) == "accept") {
    write_or_remove(folder / "expected.yaml", outcome.model);
    write_or_remove(folder / "expected.txt", outcome.findings);
    GTEST_SKIP() << "accepted";
  }
  EXPECT_EQ(outcome.model, file_text(folder / "expected.yaml").value_or(""));
  EXPECT_EQ(outcome.findings, file_text(folder / "expected.txt").value_or(""));
}

INSTANTIATE_TEST_SUITE_P(Spec, GoldenSpec, ::testing::ValuesIn(cases()), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace schemas
