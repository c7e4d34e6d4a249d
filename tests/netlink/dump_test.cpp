// Lists that change while they are read: the kernel interrupts a dump, and we read it again.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include <gtest/gtest.h>

#include "network/netlink/link.hpp"

namespace tests {
namespace {

using network::NetlinkSocket;
using network::Protocol;

constexpr int kLinks = 80;  // more than one part of an answer holds

std::string name_of(int number) { return "still" + std::to_string(number); }

network::NewBridge bridge(const std::string& name) {
  return {.name = name, .mac = schemas::mac_of(schemas::Ipv4Address{0x0a590001})};
}

void create(NetlinkSocket& route, const std::string& name) {
  network::Message message = network::create_bridge(bridge(name));
  const auto made = route.request(message);
  ASSERT_TRUE(made) << made.error().text();
}

void discard(NetlinkSocket& route, const std::string& name) {
  network::Message message = network::delete_link(name);
  EXPECT_TRUE(route.request(message));
}

// Creates and discards a link until it is killed.
class Restless {
 public:
  Restless() : pid_(::fork()) {
    if (pid_ != 0) return;
    auto route = NetlinkSocket::open(Protocol::Route);
    while (route) {
      network::Message made = network::create_bridge(bridge("restless"));
      std::ignore = route->request(made);
      network::Message gone = network::delete_link("restless");
      std::ignore = route->request(gone);
    }
    ::_exit(1);
  }
  Restless(const Restless&) = delete;
  Restless& operator=(const Restless&) = delete;
  ~Restless() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_;
};

TEST(Dump, GivesAllLinksThoughTheListChangesMeanwhile) {
  auto route = NetlinkSocket::open(Protocol::Route);
  ASSERT_TRUE(route) << route.error().text();
  for (int i = 0; i < kLinks; ++i) create(*route, name_of(i));
  {
    const Restless restless;
    for (int round = 0; round < 200; ++round) {
      const auto links = network::list_links(*route);
      ASSERT_TRUE(links) << links.error().text();
      const auto still = std::ranges::count_if(
          *links, [](const network::Link& link) { return link.name.starts_with("still"); });
      ASSERT_EQ(still, kLinks);
    }
  }
  for (int i = 0; i < kLinks; ++i) discard(*route, name_of(i));
  network::Message gone = network::delete_link("restless");
  std::ignore = route->request(gone);  // it may have died between the two
}

}  // namespace
}  // namespace tests
