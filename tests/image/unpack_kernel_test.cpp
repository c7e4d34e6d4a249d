// Kernel: what an imported layer looks like on disk, and that no archive reaches outside of it.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/image/store_box.hpp"
#include "tests/image/tar_builder.hpp"

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using tests::StoreBox;
using tests::TarBuilder;

struct stat status_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

std::string text_of(const std::string& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string xattr_of(const std::string& path, const char* name) {
  std::string value(256, '\0');
  const ssize_t size = ::lgetxattr(path.c_str(), name, value.data(), value.size());
  return size < 0 ? "none" : value.substr(0, static_cast<std::size_t>(size));
}

TEST(Unpack, KeepsOwnersModesTimesAndLinks) {
  const StoreBox box;
  const std::string archive =
      TarBuilder()
          .add({.path = "./", .type = '5', .content = {}, .link = {}, .mode = 0755})
          .add({.path = "d/",
                .type = '5',
                .content = {},
                .link = {},
                .mode = 01770,
                .gid = 5,
                .modified = 1000})
          .add({.path = "d/suid",
                .content = "x",
                .link = {},
                .mode = 04755,
                .uid = 33,
                .modified = 2000})
          .hard_link("d/hard", "d/suid")
          .symlink("d/soft", "/absolute")
          .add({.path = "fifo", .type = '6', .content = {}, .link = {}, .mode = 0600})
          .add({.path = "null",
                .type = '3',
                .content = {},
                .link = {},
                .mode = 0666,
                .major = 1,
                .minor = 3})
          .finish();
  ASSERT_THAT(box.import(archive, "a"), StartsWith("sha256:"));
  EXPECT_EQ(status_of(box.path_in("a", "d")).st_mode, static_cast<mode_t>(S_IFDIR | 01770));
  EXPECT_EQ(status_of(box.path_in("a", "d")).st_mtime, 1000);
  EXPECT_EQ(status_of(box.path_in("a", "d/suid")).st_mode, static_cast<mode_t>(S_IFREG | 04755));
  EXPECT_EQ(status_of(box.path_in("a", "d/suid")).st_uid, 33U);
  EXPECT_EQ(status_of(box.path_in("a", "d/suid")).st_mtime, 2000);
  EXPECT_EQ(status_of(box.path_in("a", "d/hard")).st_ino,
            status_of(box.path_in("a", "d/suid")).st_ino);
  EXPECT_EQ(std::filesystem::read_symlink(box.path_in("a", "d/soft")), "/absolute");
  EXPECT_TRUE(S_ISFIFO(status_of(box.path_in("a", "fifo")).st_mode));
  EXPECT_EQ(status_of(box.path_in("a", "null")).st_rdev, ::gnu_dev_makedev(1, 3));
  EXPECT_EQ(status_of(box.layout().layers()).st_mode & 0777U, 0700U);
}

TEST(Unpack, TurnsWhiteoutsIntoOverlayForm) {
  const StoreBox box;
  ASSERT_THAT(box.import(TarBuilder()
                             .file("etc/.wh.gone", "")
                             .directory("opaque/")
                             .file("opaque/new", "n")
                             .file("opaque/.wh..wh..opq", "")
                             .file(".wh.again", "")
                             .directory("again/")
                             .file("kept", "k")
                             .file(".wh.kept", "")
                             .finish(),
                         "w"),
              StartsWith("sha256:"));
  const struct stat gone = status_of(box.path_in("w", "etc/gone"));
  EXPECT_TRUE(S_ISCHR(gone.st_mode));
  EXPECT_EQ(gone.st_rdev, 0U);
  EXPECT_EQ(xattr_of(box.path_in("w", "opaque"), "trusted.overlay.opaque"), "y");
  EXPECT_EQ(text_of(box.path_in("w", "opaque/new")), "n");
  EXPECT_EQ(xattr_of(box.path_in("w", "again"), "trusted.overlay.opaque"), "y");
  EXPECT_EQ(text_of(box.path_in("w", "kept")), "k");
}

TEST(Unpack, KeepsCapabilitiesAndDropsForgedAttributes) {
  const StoreBox box;
  const std::string capability("\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
  ASSERT_THAT(box.import(TarBuilder()
                             .pax({{"SCHILY.xattr.security.capability", capability},
                                   {"SCHILY.xattr.trusted.overlay.redirect", "/etc"},
                                   {"SCHILY.xattr.user.overlay.opaque", "y"},
                                   {"SCHILY.xattr.security.selinux", "label"}})
                             .file("ping", "x", 0755)
                             .finish(),
                         "x"),
              StartsWith("sha256:"));
  const std::string ping = box.path_in("x", "ping");
  EXPECT_EQ(xattr_of(ping, "security.capability"), capability);
  EXPECT_EQ(xattr_of(ping, "trusted.overlay.redirect"), "none");
  EXPECT_EQ(xattr_of(ping, "user.overlay.opaque"), "none");
}

TEST(Unpack, FollowsLinksOfTheArchiveInsideTheLayerOnly) {
  const StoreBox box;
  const std::string victim = box.directory() / "victim";
  ASSERT_THAT(box.import(TarBuilder()
                             .directory("run/")
                             .directory("var/")
                             .symlink("var/run", "/run")
                             .file("var/run/pid", "1")
                             .directory("up/")
                             .symlink("up/out", "../../../../../run")
                             .file("up/out/two", "2")
                             .finish(),
                         "legal"),
              StartsWith("sha256:"));
  EXPECT_EQ(text_of(box.path_in("legal", "run/pid")), "1");
  EXPECT_EQ(text_of(box.path_in("legal", "run/two")), "2");
  EXPECT_TRUE(box.canary_lives());
  EXPECT_THAT(
      box.import(TarBuilder().symlink("l", victim).file("l/canary", "dead").finish(), "out"),
      HasSubstr("unpack the layer"));
  EXPECT_TRUE(box.canary_lives());
}

TEST(Unpack, RefusesWhatWouldReachOutside) {
  const StoreBox box;
  const std::string victim = box.directory() / "victim";
  const struct {
    const char* name;
    std::string archive;
  } corpus[] = {
      {"upwards", TarBuilder().file("./../x", "1").finish()},
      {"upwards-inside", TarBuilder().file("a/../../x", "1").finish()},
      {"root-as-link", TarBuilder().symlink(".", victim).finish()},
      {"root-as-file", TarBuilder().file("/", "x").finish()},
      {"file-as-parent", TarBuilder().file("f", "").file("f/x", "").finish()},
      {"loop", TarBuilder().symlink("a", "b").symlink("b", "a").file("a/x", "").finish()},
      {"hard-link-out", TarBuilder().hard_link("h", "../victim/canary").finish()},
      {"hard-link-absolute", TarBuilder().hard_link("h", victim + "/canary").finish()},
      {"hard-link-through-link",
       TarBuilder().symlink("l", victim).hard_link("h", "l/canary").finish()},
      {"hard-link-later", TarBuilder().hard_link("h", "later").file("later", "").finish()},
      {"hard-link-itself", TarBuilder().hard_link("h", "h").finish()},
      {"hard-link-whiteout", TarBuilder().file(".wh.w", "").hard_link("h", ".wh.w").finish()},
      {"hard-link-directory", TarBuilder().directory("d/").hard_link("h", "d").finish()},
      {"forged-whiteout", TarBuilder().add({.path = "w", .type = '3'}).finish()},
      {"whiteout-of-parent", TarBuilder().file(".wh...", "").finish()},
      {"long-name", TarBuilder().long_name(std::string(256, 'n')).file("f", "").finish()},
      {"cut", TarBuilder().file("f", "1").cut()},
      {"zstd", std::string("\x28\xb5\x2f\xfd rest")},
      {"gzip-rubbish", std::string("\x1f\x8b rest of nothing")},
      {"empty", ""},
      {"text", std::string(2000, 'x')}};
  for (const auto& [name, archive] : corpus) {
    EXPECT_THAT(box.import(archive, name), StartsWith("import ")) << name;
    EXPECT_TRUE(box.canary_lives()) << name;
  }
  EXPECT_TRUE(box.workspaces().empty());
}

TEST(Unpack, LaterEntriesReplaceEarlierOnesOfAnyType) {
  const StoreBox box;
  ASSERT_THAT(box.import(TarBuilder()
                             .directory("p/")
                             .file("p/in", "1")
                             .symlink("p", "/elsewhere")
                             .file("p", "last")
                             .file("q", "1")
                             .directory("q/")
                             .file("q/in", "2")
                             .symlink("r", "q")
                             .file("r/in", "3")
                             .directory("r/")
                             .file("r/in", "4")
                             .finish(),
                         "p"),
              StartsWith("sha256:"));
  EXPECT_EQ(text_of(box.path_in("p", "p")), "last");
  EXPECT_EQ(text_of(box.path_in("p", "q/in")), "3");
  EXPECT_EQ(text_of(box.path_in("p", "r/in")), "4");
}

TEST(Unpack, ReachesThroughAHardLinkToALinkOnlyInside) {
  const StoreBox box;
  const std::string victim = box.directory() / "victim";
  EXPECT_THAT(box.import(TarBuilder()
                             .symlink("l", victim + "/canary")
                             .hard_link("h", "l")
                             .file("h", "new")
                             .finish(),
                         "h"),
              StartsWith("sha256:"));
  EXPECT_EQ(text_of(box.path_in("h", "h")), "new");
  EXPECT_TRUE(box.canary_lives());
}

TEST(Unpack, MakesDeepTrees) {
  const StoreBox box;
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "d/";
  EXPECT_THAT(box.import(TarBuilder().long_name(deep + "f").file("f", "deep").finish(), "deep"),
              StartsWith("sha256:"));
}

}  // namespace
