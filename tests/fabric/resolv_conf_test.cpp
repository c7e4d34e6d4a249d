// resolv.conf: what is read from the host's, and what a container gets.
#include "network/fabric/resolv_conf.hpp"

#include <gtest/gtest.h>

namespace network {
namespace {

TEST(ResolvConf, ReadsServersSearchAndOptions) {
  const ResolvConf conf = read_resolv_conf(
      "# a comment\nnameserver 192.0.2.53\nnameserver fe80::1%eth0\nnameserver 127.0.0.53\n"
      "search old.example\nsearch corp.example example.org\noptions edns0 trust-ad\nsortlist x\n");
  EXPECT_EQ(conf.servers, (std::vector<schemas::Ipv4Address>{{0xc0000235}, {0x7f000035}}));
  EXPECT_EQ(conf.search, (std::vector<std::string>{"corp.example", "example.org"}));
  EXPECT_EQ(conf.options, (std::vector<std::string>{"edns0", "trust-ad"}));
}

TEST(ResolvConf, GivesAContainerOurServerAndTheHostsSearchList) {
  const std::string text = write_container_resolv_conf(
      {.servers = {{0xc0000235}}, .search = {"example.org"}, .options = {"edns0"}});
  EXPECT_NE(text.find("\nnameserver 127.0.0.11\nsearch example.org\noptions edns0 ndots:0\n"),
            std::string::npos);
}

TEST(ResolvConf, KeepsAnNdotsThatIsThere) {
  const std::string text =
      write_container_resolv_conf({.servers = {}, .search = {}, .options = {"ndots:2"}});
  EXPECT_NE(text.find("options ndots:2\n"), std::string::npos);
}

}  // namespace
}  // namespace network
