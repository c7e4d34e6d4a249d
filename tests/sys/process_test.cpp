// Processes by identity, and messages with descriptors.
#include "runtime/sys/process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include <gtest/gtest.h>

#include "runtime/sys/layout.hpp"
#include "runtime/sys/socket.hpp"

namespace tests {
namespace {

using runtime::ProcessIdentity;

TEST(Identity, IsPidAndStartTime) {
  const auto self = runtime::identify(::getpid());
  ASSERT_TRUE(self);
  EXPECT_TRUE(runtime::open_process(*self));
  EXPECT_FALSE(runtime::open_process({.pid = self->pid, .start_time = self->start_time + 1}));
  EXPECT_FALSE(runtime::open_process({}));
}

TEST(Identity, IsReadBehindAHostileProcessName) {
  ASSERT_EQ(::prctl(PR_SET_NAME, ") Z 1 (x) 2"), 0);
  const auto self = runtime::identify(::getpid());
  ASSERT_TRUE(self);
  EXPECT_TRUE(runtime::open_process(*self));
  ASSERT_EQ(::prctl(PR_SET_NAME, "sys_test"), 0);
}

TEST(Clone, GivesAPidfdThatTellsOfTheEnd) {
  auto cloned = runtime::clone_process({});
  ASSERT_TRUE(cloned) << cloned.error().text();
  if (cloned->pid == 0) {
    ::pause();
    ::_exit(0);
  }
  const auto identity = runtime::identify(cloned->pid);
  ASSERT_TRUE(identity);
  EXPECT_FALSE(runtime::has_exited(cloned->pidfd));
  ASSERT_TRUE(runtime::send_signal(cloned->pidfd, SIGTERM));
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PIDFD, static_cast<id_t>(cloned->pidfd.get()), &ended, WEXITED | WNOWAIT),
            0);
  EXPECT_TRUE(runtime::has_exited(cloned->pidfd));
  EXPECT_FALSE(runtime::open_process(*identity)) << "a zombie does not count";
  int status = 0;
  ASSERT_EQ(::waitpid(cloned->pid, &status, 0), cloned->pid);
  EXPECT_EQ(runtime::decode_wait_status(status).code, 128 + SIGTERM);
  EXPECT_TRUE(runtime::send_signal(cloned->pidfd, SIGTERM)) << "gone is no error";
  const auto exit = runtime::exit_status_of(cloned->pidfd);  // nothing before Linux 6.15
  EXPECT_EQ(exit ? exit->code : 143, 143);
}

TEST(Socket, CarriesBytesAndDescriptors) {
  auto pair = runtime::create_socket_pair();
  ASSERT_TRUE(pair);
  const std::array<std::byte, 3> bytes{std::byte{1}, std::byte{2}, std::byte{3}};
  const std::array<int, 2> descriptors{0, 1};
  ASSERT_TRUE(runtime::send_message(pair->first, bytes, descriptors));
  auto message = runtime::receive_message(pair->second);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->bytes.size(), 3U);
  ASSERT_EQ(message->descriptors.size(), 2U);
  EXPECT_NE(::fcntl(message->descriptors[0].get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Socket, TellsBusyClosedAndTooLargeApart) {
  auto pair = runtime::create_socket_pair();
  ASSERT_TRUE(pair);
  ASSERT_EQ(::fcntl(pair->second.get(), F_SETFL, O_NONBLOCK), 0);
  EXPECT_EQ(runtime::receive_message(pair->second).error().kind(), schemas::ErrorKind::Busy);
  const std::array<std::byte, 8> bytes{};
  ASSERT_TRUE(runtime::send_message(pair->first, bytes, {}));
  EXPECT_EQ(runtime::receive_message(pair->second, 4).error().kind(), schemas::ErrorKind::Invalid);
  pair->first.close();
  auto closed = runtime::receive_message(pair->second);
  ASSERT_TRUE(closed);
  EXPECT_TRUE(closed->bytes.empty());
}

TEST(Layout, PutsEverythingBelowItsTwoDirectories) {
  const runtime::StateLayout layout{.root = "/r", .run = "/d"};
  const schemas::ProjectName project("shop");
  const schemas::ContainerName container("shop-web-1");
  EXPECT_EQ(layout.container(project, container), "/r/projects/shop/containers/shop-web-1");
  EXPECT_EQ(layout.container_run(project, container), "/d/shop/containers/shop-web-1");
  EXPECT_EQ(layout.volume_data(schemas::VolumeName("shop_data")), "/r/volumes/shop_data/_data");
}

}  // namespace
}  // namespace tests
