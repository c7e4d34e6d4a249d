// The subnet book: no two projects ever get the same subnet.
#include "network/fabric/subnet_book.hpp"

#include <gtest/gtest.h>

#include "tests/support/temporary_directory.hpp"

namespace network {
namespace {

SubnetClaim claim(const char* project, const char* network, const char* subnet) {
  return {schemas::ProjectName(project), schemas::NetworkName(network),
          *schemas::read_subnet(subnet)};
}

TEST(SubnetBook, RefusesWhatAnotherProjectHas) {
  const tests::TemporaryDirectory root;
  const std::string path = root.path().string();
  EXPECT_EQ(claim_subnet(path, claim("shop", "shop_front", "10.89.0.0/24")).value(),
            schemas::Change::Made);
  EXPECT_EQ(claim_subnet(path, claim("shop", "shop_front", "10.89.0.0/24")).value(),
            schemas::Change::Already);
  const auto taken = claim_subnet(path, claim("blog", "blog_default", "10.89.0.0/25"));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().kind(), schemas::ErrorKind::Conflict);
  EXPECT_EQ(release_subnet(path, schemas::ProjectName("shop"), schemas::NetworkName("shop_front"))
                .value(),
            schemas::Change::Made);
  EXPECT_TRUE(claim_subnet(path, claim("blog", "blog_default", "10.89.0.0/25")));
  EXPECT_EQ(read_subnet_book(path).value(),
            std::vector{claim("blog", "blog_default", "10.89.0.0/25")});
}

TEST(SubnetBook, IsBegunAnewWhenItIsDamaged) {
  const tests::TemporaryDirectory root;
  const std::string path = root.path().string();
  for (const char* damaged : {"", "{", R"({"shop": {"shop_front": "10.89"}})"}) {
    root.write("networks.json", damaged);
    EXPECT_TRUE(read_subnet_book(path).value().empty()) << damaged;
    EXPECT_TRUE(claim_subnet(path, claim("shop", "shop_front", "10.89.0.0/24"))) << damaged;
    EXPECT_EQ(read_subnet_book(path).value().size(), 1U) << damaged;
    EXPECT_TRUE(std::filesystem::exists(root / "networks.json.damaged"));
  }
}

TEST(SubnetBook, IsEmptyWhereThereIsNone) {
  EXPECT_TRUE(read_subnet_book("/nowhere/at/all").value().empty());
}

}  // namespace
}  // namespace network
