// Files by descriptor: bounds, atomic writes, lookups and removals that cannot escape.
#include "runtime/sys/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temporary_directory.hpp"

namespace tests {
namespace {

namespace fs = std::filesystem;
using runtime::FileDescriptor;
using schemas::ErrorKind;

FileDescriptor open_it(const TemporaryDirectory& directory) {
  auto opened = runtime::open_directory(directory.path());
  EXPECT_TRUE(opened);
  return std::move(*opened);
}

TEST(Files, ReadUpToTheirLimitAndNoFurther) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("text", "12345");
  EXPECT_EQ(runtime::read_file(path, 5).value_or(""), "12345");
  EXPECT_EQ(runtime::read_file(path, 4).error().kind(), ErrorKind::Invalid);
  EXPECT_EQ(runtime::read_file(directory / "none").error().kind(), ErrorKind::NotFound);
}

TEST(Files, DoNotWaitForAFifo) {
  const TemporaryDirectory directory;
  ASSERT_EQ(::mkfifo((directory / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(runtime::read_file(directory / "fifo").error().kind(), ErrorKind::Invalid);
}

TEST(Files, AreReplacedWholeAndWithTheirMode) {
  const TemporaryDirectory directory;
  const FileDescriptor opened = open_it(directory);
  ASSERT_TRUE(runtime::write_file_at(opened, "record", "old", 0644));
  ASSERT_TRUE(
      runtime::write_file_at(opened, "record", "new", 0640, runtime::Durability::OverPowerCut));
  EXPECT_EQ(runtime::read_file_at(opened, "record").value_or(""), "new");
  EXPECT_EQ(fs::status(directory / "record").permissions(), fs::perms(0640));
  EXPECT_EQ(*runtime::list_directory(opened), std::vector<std::string>{"record"});
}

TEST(Files, AreLookedUpInsideTheirRoot) {
  const TemporaryDirectory directory;
  directory.write("outside", "secret");
  directory.write("root/inside", "ours");
  fs::create_symlink("/outside", directory / "root/absolute");
  fs::create_symlink("../../outside", directory / "root/climbing");
  fs::create_symlink("/inside", directory / "root/fine");
  auto root = runtime::open_directory(directory / "root");
  ASSERT_TRUE(root);
  EXPECT_EQ(runtime::open_in_root(*root, "absolute", O_RDONLY).error().kind(), ErrorKind::NotFound);
  EXPECT_EQ(runtime::open_in_root(*root, "climbing", O_RDONLY).error().kind(), ErrorKind::NotFound);
  EXPECT_EQ(runtime::open_in_root(*root, "../outside", O_RDONLY).error().kind(),
            ErrorKind::NotFound);
  EXPECT_TRUE(runtime::open_in_root(*root, "fine", O_RDONLY));
}

TEST(Directories, AreMadeWithTheirParents) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(runtime::ensure_directory(directory / "a/b/c"));
  ASSERT_TRUE(runtime::ensure_directory(directory / "a/b/c"));
  EXPECT_EQ(fs::status(directory / "a/b").permissions(), fs::perms(0700));
  EXPECT_EQ(runtime::ensure_directory("relative").error().kind(), ErrorKind::Invalid);
}

TEST(Trees, AreRemovedWithoutFollowingLinks) {
  const TemporaryDirectory directory;
  directory.write("victim/kept", "x");
  directory.write("tree/a/b/file", "x");
  fs::create_directory_symlink(directory / "victim", directory / "tree/a/link");
  const FileDescriptor opened = open_it(directory);
  ASSERT_TRUE(runtime::remove_tree_at(opened, "tree"));
  ASSERT_TRUE(runtime::remove_tree_at(opened, "tree"));
  EXPECT_FALSE(fs::exists(directory / "tree"));
  EXPECT_TRUE(fs::exists(directory / "victim/kept"));
}

TEST(Trees, AreRemovedHoweverDeepTheyAre) {
  const TemporaryDirectory directory;
  const FileDescriptor opened = open_it(directory);
  ASSERT_EQ(::mkdirat(opened.get(), "tree", 0700), 0);
  auto level = runtime::open_directory_at(opened, "tree");
  for (int depth = 0; depth < 500; ++depth) {
    ASSERT_TRUE(level);
    ASSERT_EQ(::mkdirat(level->get(), "a directory with a rather long name", 0700), 0);
    level = runtime::open_directory_at(*level, "a directory with a rather long name");
  }
  auto removed = runtime::remove_tree_at(opened, "tree");
  EXPECT_TRUE(removed) << removed.error().text();
  EXPECT_TRUE(runtime::list_directory(opened)->empty());
}

TEST(Locks, AreHeldByOneAtATime) {
  const TemporaryDirectory directory;
  const FileDescriptor opened = open_it(directory);
  {
    auto mine = runtime::FileLock::take(opened, "lock");
    ASSERT_TRUE(mine);
    EXPECT_EQ(runtime::FileLock::try_take(opened, "lock").error().kind(), ErrorKind::Busy);
  }
  EXPECT_TRUE(runtime::FileLock::try_take(opened, "lock"));
}

}  // namespace
}  // namespace tests
