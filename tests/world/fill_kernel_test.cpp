// Fills of volumes that fail or are cut off: told once, and nothing of them stays.
#include <poll.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "orchestrator/world/volumes.hpp"
#include "tests/support/temporary_directory.hpp"

namespace tests {
namespace {

using orchestrator::FillVolume;
using orchestrator::Volumes;
using schemas::Change;
using schemas::VolumeName;
using schemas::VolumeState;

class VolumeFills : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(volumes_.create({.name = data_})); }

  // A layer of the store with one file, at `path`.
  schemas::Digest layer(const char* path) const {
    schemas::Digest digest{std::string(64, 'a')};
    directory_.write("root/layers/" + digest.hex + "/" + path, "x");
    return digest;
  }
  FillVolume fill(schemas::Digest from) const {
    return {.volume = data_, .layers = {std::move(from)}, .target = "/srv/data"};
  }
  // Waits for the wake-up of the fill and takes it.
  void finish() {
    pollfd news{wakes_.descriptor().get(), POLLIN, 0};
    ASSERT_EQ(::poll(&news, 1, 10'000), 1);
    for (const auto& wake : wakes_.drain()) volumes_.finish_fill(VolumeName(wake.subject), wakes_);
    EXPECT_TRUE(wakes_.drain().empty());
  }
  [[nodiscard]] VolumeState state() const { return volumes_.statuses().at(data_).state; }

  TemporaryDirectory directory_;
  runtime::StateLayout layout_{.root = directory_ / "root", .run = directory_ / "run"};
  orchestrator::WakeSet wakes_{*orchestrator::WakeSet::open()};
  VolumeName data_{"shop_data"};
  Volumes volumes_{layout_, schemas::ProjectName("shop")};
};

TEST_F(VolumeFills, ThatFailAreToldByTheNextStepAndThenTriedAgain) {
  const schemas::Digest missing{std::string(64, 'f')};
  ASSERT_EQ(volumes_.begin_fill(fill(missing), wakes_).value(), Change::Made);
  EXPECT_EQ(state(), VolumeState::Filling);
  finish();
  EXPECT_EQ(state(), VolumeState::Empty);
  const auto told = volumes_.begin_fill(fill(layer("srv/data/file")), wakes_);
  ASSERT_FALSE(told);
  EXPECT_THAT(told.error().text(), testing::HasSubstr("fill volume shop_data"));
  ASSERT_TRUE(volumes_.begin_fill(fill(layer("srv/data/file")), wakes_));
  finish();
  EXPECT_EQ(state(), VolumeState::Ready);
  EXPECT_TRUE(std::filesystem::exists(layout_.volume_data(data_) + "/file"));
}

TEST_F(VolumeFills, FindNothingToCopyWhereTheImageHasAFile) {
  ASSERT_TRUE(volumes_.begin_fill(fill(layer("srv/data")), wakes_));
  finish();
  EXPECT_EQ(state(), VolumeState::Ready);
}

TEST_F(VolumeFills, EndWithTheirVolume) {
  ASSERT_TRUE(volumes_.begin_fill(fill(layer("srv/data/file")), wakes_));
  EXPECT_TRUE(volumes_.discard(data_, wakes_));
  EXPECT_TRUE(wakes_.drain().empty());
  EXPECT_FALSE(std::filesystem::exists(layout_.volumes() + "/shop_data"));
}

}  // namespace
}  // namespace tests
