// Kernel: images in the store, whoever imports at once and whoever is killed; volumes filled from
// them.
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/image/copy_up.hpp"
#include "tests/image/store_box.hpp"
#include "tests/image/tar_builder.hpp"
#include "tests/support/eventually.hpp"

namespace {

using schemas::ImageReference;
using schemas::VolumeName;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using tests::StoreBox;
using tests::TarBuilder;

std::string archive_of(const std::string& content) {
  return TarBuilder()
      .directory("data/", 0750)
      .file("data/f", content)
      .hard_link("data/g", "data/f")
      .add({.path = "data/owned", .content = "o", .link = {}, .mode = 0640, .uid = 7, .gid = 8})
      .finish();
}

schemas::Image found(const StoreBox& box, const std::string& name) {
  auto image = runtime::find_image(box.layout(), ImageReference(name));
  EXPECT_TRUE(image) << image.error().text();
  return image ? *image : schemas::Image{};
}

std::string fill(const StoreBox& box, const std::string& image, const std::string& target,
                 const std::string& volume) {
  auto filling =
      runtime::fill_volume(box.layout(), found(box, image).layers, target, VolumeName(volume));
  if (!filling) return filling.error().text();
  auto ended = runtime::finish_fill(std::move(*filling));
  return ended ? "filled" : ended.error().text();
}

TEST(Import, FindsWhatItImportedByEveryName) {
  const StoreBox box;
  const std::string id = box.import(archive_of("1"), "tutti/a", {"CMD [\"x\"]", "ENV A=1"});
  ASSERT_THAT(id, StartsWith("sha256:"));
  const schemas::Image image = found(box, "docker.io/tutti/a:latest");
  EXPECT_EQ(image.id.text(), id);
  EXPECT_THAT(image.config.command, ElementsAre("x"));
  EXPECT_EQ(found(box, id).manifest, image.manifest);
  EXPECT_EQ(found(box, "tutti/a@" + image.manifest.text()).id, image.id);
  EXPECT_FALSE(runtime::find_image(box.layout(), ImageReference("tutti/b")));
  EXPECT_FALSE(runtime::find_image(box.layout(), ImageReference("tutti/a:other")));
}

TEST(Import, TheSameAgainChangesNothing) {
  const StoreBox box;
  const std::string first = box.import(archive_of("1"), "a");
  EXPECT_EQ(box.import(archive_of("1"), "a"), first);
  EXPECT_NE(box.import(archive_of("1"), "a", {"USER x"}), first);
  EXPECT_EQ(runtime::list_images(box.layout())->size(), 1U);
}

TEST(Import, SharesTheLayersOfItsBase) {
  const StoreBox box;
  ASSERT_THAT(box.import(archive_of("1"), "base", {"ENV A=1"}), StartsWith("sha256:"));
  for (const char* name : {"x", "y"}) {
    ASSERT_THAT(box.import(TarBuilder().file(name, name).finish(), name, {"CMD [\"c\"]"}, "base"),
                StartsWith("sha256:"));
  }
  EXPECT_EQ(found(box, "x").layers.front(), found(box, "y").layers.front());
  EXPECT_EQ(found(box, "x").config.environment.at("A"), "1");
  EXPECT_THAT(box.import(archive_of("1"), "z", {}, "nobody"), HasSubstr("base: image nobody"));
}

TEST(Import, TenAtOnceAllArrive) {
  const StoreBox box;
  std::vector<pid_t> children;
  for (int i = 0; i < 10; ++i) {
    children.push_back(tests::fork_child([&] {
      // Half of them bring the same layer under different names.
      const std::string content = fmt::format("{}", i / 2);
      const std::string id = box.import(archive_of(content), fmt::format("image{}", i));
      return id.starts_with("sha256:") ? 0 : 1;
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(tests::exit_code_of(child), 0);
  EXPECT_EQ(runtime::list_images(box.layout())->size(), 10U);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(found(box, fmt::format("image{}", i)).layers.size(), 1U);
  EXPECT_TRUE(box.workspaces().empty());
}

TEST(Import, AKilledWriterLeavesTheStoreAsItWas) {
  const StoreBox box;
  ASSERT_THAT(box.import(archive_of("1"), "before"), StartsWith("sha256:"));
  // A FIFO that delivers half of an archive keeps the importer in the middle of its work.
  const std::string fifo = box.directory() / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const pid_t importer = tests::fork_child([&] {
    auto done = runtime::import_image(
        box.layout(),
        {.file = fifo, .reference = ImageReference("half"), .base = {}, .changes = {}});
    return done ? 0 : 1;
  });
  std::ofstream writer(fifo);
  writer << archive_of("2").substr(0, 700) << std::flush;
  ASSERT_TRUE(tests::eventually([&] { return !box.workspaces().empty(); }));
  ::kill(importer, SIGKILL);
  EXPECT_EQ(tests::exit_code_of(importer), 128 + SIGKILL);
  EXPECT_EQ(runtime::list_images(box.layout())->size(), 1U);
  EXPECT_FALSE(box.workspaces().empty());
  ASSERT_THAT(box.import(archive_of("3"), "after"), StartsWith("sha256:"));
  EXPECT_TRUE(box.workspaces().empty());
}

TEST(Import, KilledAtAnyMomentTheStoreIsWhole) {
  const StoreBox box;
  ASSERT_THAT(box.import(archive_of("0"), "steady"), StartsWith("sha256:"));
  for (int i = 1; i <= 30; ++i) {
    const pid_t importer = tests::fork_child([&] {
      ::ualarm(static_cast<useconds_t>(400 * i), 0);  // SIGALRM kills, each time a little later
      const std::string id = box.import(archive_of(fmt::format("{}", i)), "steady");
      return id.starts_with("sha256:") ? 0 : 1;
    });
    const int ended = tests::exit_code_of(importer);
    EXPECT_TRUE(ended == 0 || ended == 128 + SIGALRM) << ended;
    auto image = runtime::find_image(box.layout(), ImageReference("steady"));
    ASSERT_TRUE(image) << image.error().text();
    EXPECT_TRUE(std::filesystem::exists(box.path_in("steady", "data/f")));
  }
  EXPECT_THAT(box.import(archive_of("last"), "steady"), StartsWith("sha256:"));
  EXPECT_TRUE(box.workspaces().empty());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(box.layout().images()))
    EXPECT_FALSE(entry.path().filename().string().starts_with('.')) << entry.path();
}

TEST(Import, ADamagedBlobIsAnErrorAndNotAnImage) {
  const StoreBox box;
  ASSERT_THAT(box.import(archive_of("1"), "a"), StartsWith("sha256:"));
  const schemas::Image image = found(box, "a");
  const std::string blob = box.layout().images() + "/blobs/sha256/" + image.id.hex;
  std::ofstream(blob, std::ios::app) << " ";
  auto damaged = runtime::find_image(box.layout(), ImageReference("a"));
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().text(), HasSubstr("damaged"));
  ASSERT_THAT(box.import(archive_of("1"), "a"), StartsWith("sha256:"));
  EXPECT_TRUE(runtime::find_image(box.layout(), ImageReference("a")));
}

TEST(CopyUp, FillsAnEmptyVolumeFromAllLayers) {
  const StoreBox box;
  ASSERT_THAT(box.import(archive_of("1"), "base"), StartsWith("sha256:"));
  ASSERT_THAT(box.import(TarBuilder().file("data/.wh.owned", "").file("data/new", "n").finish(),
                         "top", {}, "base"),
              StartsWith("sha256:"));
  ASSERT_TRUE(runtime::is_empty_volume(box.layout(), VolumeName("one")));
  ASSERT_EQ(fill(box, "base", "/data", "one"), "filled");
  ASSERT_EQ(fill(box, "top", "data/", "two"), "filled");
  EXPECT_FALSE(runtime::is_empty_volume(box.layout(), VolumeName("one")));
  const std::filesystem::path one = box.layout().volume_data(VolumeName("one"));
  const std::filesystem::path two = box.layout().volume_data(VolumeName("two"));
  struct stat status {};
  ASSERT_EQ(::stat((one / "owned").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 7U);
  EXPECT_EQ(status.st_mode & 07777U, 0640U);
  ASSERT_EQ(::stat(one.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0750U);
  EXPECT_EQ(std::filesystem::hard_link_count(one / "f"), 2U);
  EXPECT_TRUE(std::filesystem::exists(two / "new"));
  EXPECT_TRUE(std::filesystem::exists(two / "f"));
  EXPECT_FALSE(std::filesystem::exists(two / "owned"));
}

TEST(CopyUp, LeavesAFilledVolumeAlone) {
  const StoreBox box;
  ASSERT_THAT(box.import(archive_of("1"), "a"), StartsWith("sha256:"));
  ASSERT_EQ(fill(box, "a", "/data", "v"), "filled");
  const std::filesystem::path data = box.layout().volume_data(VolumeName("v"));
  std::filesystem::remove(data / "f");
  ASSERT_EQ(fill(box, "a", "/data", "v"), "filled");
  EXPECT_FALSE(std::filesystem::exists(data / "f"));
}

TEST(CopyUp, CopiesNothingFromOutsideOfTheImage) {
  const StoreBox box;
  const std::string victim = box.directory() / "victim";
  ASSERT_THAT(box.import(TarBuilder()
                             .symlink("out", victim)
                             .symlink("up", "../../../.." + victim)
                             .file("f", "")
                             .finish(),
                         "a"),
              StartsWith("sha256:"));
  EXPECT_EQ(fill(box, "a", "/out", "v"), "filled");
  EXPECT_EQ(fill(box, "a", "/up", "v"), "filled");
  EXPECT_TRUE(runtime::is_empty_volume(box.layout(), VolumeName("v")));
  // A file is nothing to copy; that a volume cannot be mounted over it is told at the start.
  EXPECT_EQ(fill(box, "a", "/f", "w"), "filled");
  EXPECT_TRUE(runtime::is_empty_volume(box.layout(), VolumeName("w")));
  EXPECT_THAT(fill(box, "a", "/", "../x"), HasSubstr("volume name"));
}

}  // namespace
