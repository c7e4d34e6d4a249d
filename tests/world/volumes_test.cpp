// Volumes on disk: whose they are decides who may take them away.
#include "orchestrator/world/volumes.hpp"

#include <filesystem>

#include <gmock/gmock.h>

#include "tests/support/temporary_directory.hpp"

namespace tests {
namespace {

using orchestrator::Volumes;
using schemas::Change;
using schemas::VolumeName;

class VolumesOnDisk : public testing::Test {
 protected:
  Volumes of(const char* project) const { return {layout_, schemas::ProjectName(project)}; }
  [[nodiscard]] bool is_there(const char* path) const {
    return std::filesystem::exists(directory_ / path);
  }

  TemporaryDirectory directory_;
  runtime::StateLayout layout_{.root = directory_ / "root", .run = directory_ / "run"};
  orchestrator::WakeSet wakes_{*orchestrator::WakeSet::open()};
  schemas::VolumeConfig data_{.name = VolumeName("shop_data")};
};

TEST_F(VolumesOnDisk, AreDiscardedByTheirOwnProject) {
  Volumes shop = of("shop");
  ASSERT_EQ(shop.create(data_).value(), Change::Made);
  EXPECT_EQ(shop.discard(data_.name, wakes_).value(), Change::Made);
  EXPECT_TRUE(shop.statuses().empty());
  EXPECT_FALSE(is_there("root/volumes/shop_data"));
  ASSERT_TRUE(shop.create(data_));
  Volumes successor = of("shop");
  ASSERT_TRUE(successor.read());
  EXPECT_EQ(successor.discard(data_.name, wakes_).value(), Change::Made);
  EXPECT_FALSE(is_there("root/volumes/shop_data"));
}

TEST_F(VolumesOnDisk, OfAnotherProjectAreUsedAndOnlyForgotten) {
  Volumes shop = of("shop");
  ASSERT_TRUE(shop.create(data_));
  directory_.write("root/volumes/shop_data/_data/ledger", "42");
  Volumes blog = of("blog");
  ASSERT_TRUE(blog.read());
  EXPECT_TRUE(blog.statuses().empty());
  EXPECT_EQ(blog.create(data_).value(), Change::Already);
  EXPECT_TRUE(blog.statuses().contains(data_.name));
  EXPECT_EQ(blog.discard(data_.name, wakes_).value(), Change::Already);
  EXPECT_TRUE(blog.statuses().empty());
  EXPECT_TRUE(is_there("root/volumes/shop_data/_data/ledger"));
  Volumes successor = of("shop");
  ASSERT_TRUE(successor.read());
  EXPECT_TRUE(successor.statuses().contains(data_.name));
}

TEST_F(VolumesOnDisk, AreNotDiscardedOnceTheNameIsAnotherProjects) {
  Volumes shop = of("shop");
  ASSERT_TRUE(shop.create(data_));
  directory_.write("root/volumes/shop_data/volume.json",
                   R"({"project": "blog", "life": "named", "filled": true})");
  EXPECT_EQ(shop.discard(data_.name, wakes_).value(), Change::Already);
  EXPECT_TRUE(shop.statuses().empty());
  EXPECT_TRUE(is_there("root/volumes/shop_data/_data"));
}

TEST_F(VolumesOnDisk, WithADamagedRecordHinderNobodyAndAreNotTakenOver) {
  Volumes shop = of("shop");
  ASSERT_TRUE(shop.create(data_));
  directory_.write("root/volumes/blog_data/_data/post", "hello");
  directory_.write("root/volumes/blog_data/volume.json", "");
  Volumes successor = of("shop");
  ASSERT_TRUE(successor.read());
  EXPECT_EQ(successor.statuses().size(), 1U);
  const auto taken = successor.create({.name = VolumeName("blog_data")});
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().text(), testing::HasSubstr("volumes/blog_data/volume.json"));
  EXPECT_TRUE(is_there("root/volumes/blog_data/_data/post"));
}

}  // namespace
}  // namespace tests
