// The firewall's whole table as text, against a golden file: a change of policy must be seen.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "network/fabric/firewall.hpp"

namespace network {
namespace {

constexpr const char* kGolden = SOURCE_DIRECTORY "/tests/golden/firewall/shop.txt";

schemas::FirewallConfig shop() {
  const auto web = *schemas::read_ipv4("10.89.0.2");
  return {.networks = {{"br-tt00000001", *schemas::read_subnet("10.89.0.0/24"),
                        schemas::Reach::Outside},
                       {"br-tt00000002", *schemas::read_subnet("10.89.1.0/24"),
                        schemas::Reach::Internal}},
          .members = {{web, "br-tt00000001"}, {*schemas::read_ipv4("10.89.1.3"), "br-tt00000002"}},
          .ports = {{{{0}, 8080, 80, schemas::Transport::Tcp}, web},
                    {{{0x7f000001}, 8081, 80, schemas::Transport::Tcp}, web},
                    {{{0}, 5353, 53, schemas::Transport::Udp}, web}}};
}

TEST(Firewall, IsTheTableOfTheGoldenFile) {
  const schemas::KernelNames names{.instance = "", .project = schemas::ProjectName("shop")};
  const std::string text = describe(firewall_ruleset(names, shop()));
  const char* golden = std::getenv("GOLDEN");
  if (golden != nullptr && std::string(golden) == "accept") {
    std::ofstream(kGolden) << text;
    GTEST_SKIP() << "accepted";
  }
  std::ifstream file(kGolden);
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, expected);
}

TEST(Firewall, HasAsManyRulesForManyPortsAsForNone) {
  const schemas::KernelNames names{.instance = "", .project = schemas::ProjectName("shop")};
  const auto rules_of = [&](const schemas::FirewallConfig& config) {
    std::size_t rules = 0;
    for (const Chain& chain : firewall_ruleset(names, config).chains) rules += chain.rules.size();
    return rules;
  };
  schemas::FirewallConfig many = shop();
  for (std::uint16_t port = 1; port < 1000; ++port)
    many.ports.push_back({{{0}, port, port, schemas::Transport::Tcp}, {0x0a590002}});
  EXPECT_EQ(rules_of(many), rules_of({}));
  EXPECT_LE(rules_of(many), 30U);
}

}  // namespace
}  // namespace network
