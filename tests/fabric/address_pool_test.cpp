// The address pool: lowest free first, never over somebody else's.
#include "network/fabric/address_pool.hpp"

#include <gtest/gtest.h>

namespace network {
namespace {

schemas::Subnet subnet(const char* text) { return *schemas::read_subnet(text); }

TEST(AddressPool, BeginsAtTheFirstSubnetOfItsBlock) {
  EXPECT_EQ(choose_subnet({})->text(), "10.89.0.0/24");
}

TEST(AddressPool, StepsOverWhatIsTaken) {
  EXPECT_EQ(choose_subnet({subnet("10.89.0.0/24"), subnet("10.89.1.128/25")})->text(),
            "10.89.2.0/24");
  EXPECT_EQ(choose_subnet({subnet("10.89.0.0/23")})->text(), "10.89.2.0/24");
}

TEST(AddressPool, LeavesItsBlockWhenThatIsFull) {
  EXPECT_EQ(choose_subnet({subnet("10.89.0.0/16")})->text(), "10.90.0.0/24");
  EXPECT_EQ(choose_subnet({subnet("10.89.0.0/16"), subnet("10.128.0.0/9"), subnet("10.96.0.0/11"),
                           subnet("10.90.0.0/15"), subnet("10.92.0.0/14")})
                ->text(),
            "10.0.0.0/24");
}

TEST(AddressPool, IsEmptyWhenAVpnHasAllOfIt) {
  EXPECT_FALSE(choose_subnet({subnet("10.0.0.0/8")}));
  EXPECT_FALSE(choose_subnet({subnet("0.0.0.0/1")}));
}

TEST(AddressPool, GivesTheLowestFreeAddressBehindTheGateway) {
  const schemas::Subnet net = subnet("10.89.0.0/30");
  const schemas::Ipv4Address first{net.base.bits + 1};
  const schemas::Ipv4Address second{net.base.bits + 2};
  EXPECT_EQ(choose_address(net, first, {}), second);
  EXPECT_EQ(choose_address(net, second, {}), first);
  EXPECT_FALSE(choose_address(net, first, {second}));
  EXPECT_FALSE(choose_address(subnet("10.89.0.0/32"), first, {}));
}

}  // namespace
}  // namespace network
