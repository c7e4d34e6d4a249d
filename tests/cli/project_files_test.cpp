// Which files a project is made of, over a file system that is a set of names.
#include "orchestrator/cli/project_files.hpp"

#include <set>

#include <gtest/gtest.h>

namespace orchestrator {
namespace {

struct Tree {
  std::set<std::string> files;

  [[nodiscard]] FileSearch at(const std::string& directory) const {
    return {
        {}, "", directory, {}, [this](const std::string& path) { return files.contains(path); }};
  }
};

using Paths = std::vector<std::string>;

TEST(ProjectFiles, WalksUpToTheFirstDirectoryThatHasOne) {
  const Tree tree{{"/a/compose.yaml", "/a/b/c/README"}};
  const auto found = find_project_files(tree.at("/a/b/c"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->files, Paths{"/a/compose.yaml"});
  EXPECT_EQ(found->directory, "/a");
}

TEST(ProjectFiles, PrefersTheNewNamesAndWarnsOfSeveral) {
  const Tree tree{{"/a/docker-compose.yml", "/a/compose.yml"}};
  const auto found = find_project_files(tree.at("/a"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->files, Paths{"/a/compose.yml"});
  EXPECT_EQ(found->warnings,
            (Paths{"Found multiple config files with supported names: /a/compose.yml, "
                   "/a/docker-compose.yml",
                   "Using /a/compose.yml"}));
}

TEST(ProjectFiles, AddsTheOverrideBesideAFileThatWasFound) {
  const Tree tree{{"/a/compose.yaml", "/a/compose.override.yml"}};
  EXPECT_EQ(find_project_files(tree.at("/a"))->files,
            (Paths{"/a/compose.yaml", "/a/compose.override.yml"}));
  FileSearch named = tree.at("/a");
  named.files = {"compose.yaml"};
  EXPECT_EQ(find_project_files(named)->files, Paths{"/a/compose.yaml"});
}

TEST(ProjectFiles, NamesTheFileThatIsOneTooMany) {
  EXPECT_TRUE(require_one_file({.files = {"/a/compose.yaml"}}));
  const ProjectFiles project{.files = {"/a/compose.yaml", "/a/compose.override.yml"}};
  EXPECT_EQ(require_one_file(project).error().text(),
            "/a/compose.override.yml beside /a/compose.yaml: several project files are not "
            "supported yet; write into one what both say, or leave the other out with -f "
            "/a/compose.yaml");
}

TEST(ProjectFiles, TakesNamedFilesAsTheyAre) {
  const Tree tree{{}};
  FileSearch search = tree.at("/w");
  search.files = {"../x/stack.yaml", "/abs/more.yaml"};
  const auto found = find_project_files(search);
  EXPECT_EQ(found->files, (Paths{"/x/stack.yaml", "/abs/more.yaml"}));
  EXPECT_EQ(found->directory, "/x");
}

TEST(ProjectFiles, ReadsComposeFileWithItsSeparator) {
  const Tree tree{{}};
  FileSearch search = tree.at("/w");
  search.environment = {{"COMPOSE_FILE", "a.yaml:b.yaml"}};
  EXPECT_EQ(find_project_files(search)->files, (Paths{"/w/a.yaml", "/w/b.yaml"}));
  search.environment = {{"COMPOSE_FILE", "a:1.yaml;b.yaml"}, {"COMPOSE_PATH_SEPARATOR", ";"}};
  EXPECT_EQ(find_project_files(search)->files, (Paths{"/w/a:1.yaml", "/w/b.yaml"}));
}

TEST(ProjectFiles, StartsInTheProjectDirectory) {
  const Tree tree{{"/p/compose.yaml", "/w/compose.yaml"}};
  FileSearch search = tree.at("/w");
  search.project_directory = "../p/";
  const auto found = find_project_files(search);
  EXPECT_EQ(found->files, Paths{"/p/compose.yaml"});
  EXPECT_EQ(found->directory, "/p");
}

TEST(ProjectFiles, TakesStandardInputInTheWorkingDirectory) {
  const Tree tree{{}};
  FileSearch search = tree.at("/w");
  search.files = {"-"};
  const auto found = find_project_files(search);
  EXPECT_EQ(found->files, Paths{"-"});
  EXPECT_EQ(found->directory, "/w");
}

TEST(ProjectFiles, SaysWhereItLookedWhenThereIsNone) {
  const Tree tree{{}};
  const auto found = find_project_files(tree.at("/a/b"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind(), schemas::ErrorKind::NotFound);
  EXPECT_EQ(found.error().text(),
            "no project file: neither /a/b nor a directory above it has a compose.yaml; name one "
            "with -f, or the project with -p");
}

}  // namespace
}  // namespace orchestrator
