// The box itself: what a kernel test may rely on, and that a trace shows what was left behind.
#include "tests/support/kernel_box.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/eventually.hpp"
#include "tests/support/nft_tables.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/trace.hpp"

namespace tests {
namespace {

TEST(KernelBox, RunsTheTestsBesideAReapingPidOne) {
  EXPECT_NE(::getpid(), 1);
  std::ifstream status("/proc/1/comm");
  std::string name;
  EXPECT_TRUE(std::getline(status, name));
}

TEST(KernelBox, HasANetworkWithNothingButLoopback) {
  EXPECT_EQ(::if_nametoindex("lo"), 1U);
  EXPECT_EQ(::if_nametoindex("eth0"), 0U);
  EXPECT_TRUE(nft_tables().empty());
}

TEST(KernelBox, CarriesAnOverlayOnItsTemporaryDirectory) {
  const TemporaryDirectory directory;
  for (const char* name : {"lower", "upper", "work", "root"}) {
    std::filesystem::create_directory(directory.path() / name);
  }
  const std::string options = "lowerdir=" + directory / "lower" +
                              ",upperdir=" + directory / "upper" + ",workdir=" + directory / "work";
  ASSERT_EQ(::mount("o", (directory / "root").c_str(), "overlay", 0, options.c_str()), 0);
  EXPECT_EQ(::umount((directory / "root").c_str()), 0);
}

TEST(Trace, ShowsAMountADescriptorAndAProcessThatWereLeft) {
  const TemporaryDirectory directory;
  const Trace before = take_trace();
  ASSERT_EQ(::mount("left", directory.path().c_str(), "tmpfs", 0, nullptr), 0);
  const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const std::string difference = describe_difference(before, take_trace());
  EXPECT_NE(difference.find("+ mount " + directory.path().string()), std::string::npos);
  EXPECT_NE(difference.find("+ descriptor " + std::to_string(descriptor) + " /dev/null"),
            std::string::npos);
  EXPECT_NE(difference.find("+ process " + std::to_string(child)), std::string::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(descriptor);
  ::umount(directory.path().c_str());
  EXPECT_EQ(describe_difference(before, take_trace()), "");
}

TEST(Eventually, ReturnsFalseOnlyAfterItsDeadline) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(eventually([] { return false; }, std::chrono::milliseconds(20)));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(20));
  EXPECT_TRUE(eventually([] { return true; }));
}

}  // namespace
}  // namespace tests
