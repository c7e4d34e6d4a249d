// The architecture, judged: the whole tree against arrows.txt, and each rule against a line that
// breaks it.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/architecture/rules.hpp"

namespace tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kRoot = SOURCE_DIRECTORY;

Rules house_rules() {
  std::ifstream file(kRoot + "/tests/architecture/arrows.txt");
  std::ostringstream text;
  text << file.rdbuf();
  return read_rules(text.str());
}

SourceFile a_file(const std::string& path, const std::string& text) {
  return {path, split_lines(text)};
}

// Every trouble that a rule finds in the tree is a failure of its own, with the offending line.
template <typename Rule>
void judge_tree(Rule rule) {
  for (const auto& file : read_source_tree(kRoot)) {
    for (const auto& trouble : rule(file)) ADD_FAILURE() << trouble;
  }
}

TEST(Architecture, EveryIncludeFollowsAnArrow) {
  const Rules rules = house_rules();
  ASSERT_GE(rules.floors.size(), 13U);
  judge_tree([&](const auto& file) { return find_forbidden_includes(rules, file); });
}

TEST(Architecture, NoFileIsTooLong) { judge_tree(find_size_trouble); }

TEST(Architecture, NamesSayWhatIsInside) { judge_tree(find_name_trouble); }

TEST(Architecture, EveryFileOpensWithASentence) { judge_tree(find_missing_opening); }

TEST(Rules, RefuseAnArrowThatRunsUp) {
  EXPECT_THAT(
      find_forbidden_includes(house_rules(), a_file("runtime/sys/files.cpp",
                                                    "// Files.\n"
                                                    "#include \"runtime/sys/files.hpp\"\n"
                                                    "#include \"runtime/image/store.hpp\"\n")),
      ElementsAre(HasSubstr("runtime/sys/files.cpp:3: #include \"runtime/image/store.hpp\"")));
}

TEST(Rules, RefuseAnIncludeThatIsNotWrittenFromTheRoot) {
  EXPECT_THAT(find_forbidden_includes(house_rules(),
                                      a_file("runtime/sys/files.cpp", "#include \"files.hpp\"")),
              ElementsAre(HasSubstr("may include only runtime/sys, schemas/vocabulary")));
}

TEST(Rules, KeepPackagesOutOfHeadersAndOutOfOtherFloors) {
  const Rules rules = house_rules();
  const std::string yaml = "#include <yaml-cpp/yaml.h>";
  EXPECT_THAT(find_forbidden_includes(rules, a_file("schemas/vocabulary/yaml.cpp", yaml)),
              IsEmpty());
  EXPECT_THAT(find_forbidden_includes(rules, a_file("schemas/vocabulary/document.hpp", yaml)),
              ElementsAre(HasSubstr(".cpp files only")));
  EXPECT_THAT(find_forbidden_includes(rules, a_file("schemas/spec/load.cpp", yaml)),
              ElementsAre(HasSubstr("belongs to schemas/vocabulary")));
  EXPECT_THAT(
      find_forbidden_includes(rules, a_file("schemas/spec/load.cpp", "#include <curl/curl.h>")),
      ElementsAre(HasSubstr("no rule")));
}

TEST(Rules, LetAFloorsTestsStandWhereTheFloorStands) {
  const Rules rules = house_rules();
  EXPECT_THAT(find_forbidden_includes(rules, a_file("tests/sys/files_test.cpp",
                                                    "#include \"runtime/sys/files.hpp\"\n"
                                                    "#include \"tests/support/eventually.hpp\"\n"
                                                    "#include <gtest/gtest.h>\n")),
              IsEmpty());
  EXPECT_THAT(find_forbidden_includes(rules, a_file("tests/sys/files_test.cpp",
                                                    "#include \"runtime/container/launch.hpp\"")),
              ElementsAre(HasSubstr("may include only")));
}

TEST(Rules, KnowALongFileAHollowNameAndAMissingSentence) {
  EXPECT_THAT(find_size_trouble({"a.cpp", std::vector<std::string>(401)}),
              ElementsAre(HasSubstr("400")));
  EXPECT_THAT(find_size_trouble({"a.cpp", std::vector<std::string>(400)}), IsEmpty());
  for (const char* path : {"runtime/utils/a.cpp", "runtime/mount_helpers.hpp", "a/common.cpp",
                           "network/ManagerX/manager.cpp"}) {
    EXPECT_THAT(find_name_trouble(a_file(path, "")), ElementsAre(HasSubstr(path)));
  }
  EXPECT_THAT(find_name_trouble(a_file("runtime/sys/commons_of_rome.cpp", "")), IsEmpty());
  EXPECT_THAT(find_missing_opening(a_file("a.cpp", "#pragma once\n")),
              ElementsAre(HasSubstr("a.cpp:1")));
  EXPECT_THAT(find_missing_opening(a_file("a.cpp", "// util\n")),
              ElementsAre(HasSubstr("sentence")));
  EXPECT_THAT(find_missing_opening(a_file("dev", "#!/bin/bash\n# Builds all of it.\n")), IsEmpty());
}

}  // namespace
}  // namespace tests
