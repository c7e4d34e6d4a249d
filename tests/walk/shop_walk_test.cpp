// The walk through the shop: a real stack of five containers, as the demo shows it.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.hpp"
#include "tests/walk/stack.hpp"

namespace tests {
namespace {

constexpr int kPort = 8080;

// Whether a TCP connection can be made inside the network namespace of a process.
bool can_connect_from(pid_t pid, const std::string& address, std::uint16_t port) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int space = ::open(("/proc/" + std::to_string(pid) + "/ns/net").c_str(), O_RDONLY);
    if (space < 0 || ::setns(space, CLONE_NEWNET) < 0) ::_exit(2);
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(port);
    ::inet_pton(AF_INET, address.c_str(), &peer.sin_addr);
    const int client = ::socket(AF_INET, SOCK_STREAM, 0);
    const timeval longest{.tv_sec = 2, .tv_usec = 0};  // connect(2) heeds it, see socket(7)
    ::setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof(longest));
    // NOLINTNEXTLINE: the socket API's own cast
    ::_exit(::connect(client, reinterpret_cast<sockaddr*>(&peer), sizeof(peer)) == 0 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != 2) << "cannot enter the namespace";
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Up once, then looked at from all sides: the images are large, and each look is cheap.
TEST(Shop, ServesItsPageKeepsItsNetworksApartAndStaysSmall) {
  const Home home;
  const Stack stack(home, "shop");
  const auto up = stack.tutti({"up", "-d", "--wait"});
  ASSERT_EQ(up.exit_code, 0) << up.err;
  EXPECT_TRUE(fetch(kPort).has_value());
  EXPECT_EQ(stack.tutti({"plan"}).exit_code, 0);

  const auto containers = stack.ps();
  EXPECT_EQ(std::ranges::count(containers, "api", &Listed::service), 2);
  const auto migration = stack.find("migration");
  ASSERT_TRUE(migration.has_value());
  EXPECT_EQ(migration->state, "exited");

  // nginx is in front, redis in back: the api reaches it by name, nginx not even by its address.
  const auto asked = stack.tutti({"exec", "-T", "api", "python3", "-c",
                                  "import socket; socket.create_connection(('redis', 6379), 5); "
                                  "print(socket.gethostbyname('redis'))"});
  ASSERT_EQ(asked.exit_code, 0) << asked.err;
  const std::string address = asked.out.substr(0, asked.out.find('\n'));
  EXPECT_TRUE(can_connect_from(stack.pid_of("api"), address, 6379));
  EXPECT_FALSE(can_connect_from(stack.pid_of("web"), address, 6379));

  const auto supervisor = find_supervisor(stack);
  const auto keeper = find_keeper(stack, home);
  ASSERT_TRUE(supervisor && keeper);
  const long sum = pss_kilobytes(*supervisor) + pss_kilobytes(*keeper);
  std::printf("PSS of the shop's supervisor and keeper: %ld kB\n", sum);
  EXPECT_LT(sum, 12 * 1024);

  const pid_t redis = stack.pid_of("redis");
  ASSERT_GT(redis, 0);
  ::kill(redis, SIGKILL);
  EXPECT_TRUE(eventually(
      [&] {
        const auto now = stack.find("redis");
        return now && now->pid != redis && now->health == "healthy";
      },
      std::chrono::seconds(20)));
  EXPECT_TRUE(eventually([] { return fetch(kPort).has_value(); }));
}

}  // namespace
}  // namespace tests
