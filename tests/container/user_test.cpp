// Who "name:group" is, whatever the image's passwd says.
#include "runtime/container/user.hpp"

#include <gtest/gtest.h>

namespace tests {
namespace {

using runtime::resolve_user;
using schemas::ErrorKind;
using Groups = std::vector<std::uint32_t>;

constexpr const char* kPasswd =
    "root:x:0:0:root:/root:/bin/sh\n"
    "1000:x:0:0::/evil:/bin/sh\n"
    "broken line\n"
    "app:x:1000:100:App,,,:/home/app:/bin/sh\n"
    "huge:x:4294967296:0::/:/bin/sh\n";
constexpr const char* kGroup = "root:x:0:\nusers:x:100:\nwheel:x:10:root,app\ndocker:x:999:app\n";

TEST(User, IsRootWhenNobodySaid) {
  const auto user = resolve_user("", kPasswd, kGroup);
  ASSERT_TRUE(user);
  EXPECT_EQ(*user, (runtime::ProcessUser{.uid = 0, .gid = 0, .groups = {0, 10}, .home = "/root"}));
  EXPECT_EQ(resolve_user("", "", "")->home, "/");
}

TEST(User, BringsItsGroupsAndHome) {
  const auto user = resolve_user("app", kPasswd, kGroup);
  ASSERT_TRUE(user);
  EXPECT_EQ(*user, (runtime::ProcessUser{
                       .uid = 1000, .gid = 100, .groups = {10, 100, 999}, .home = "/home/app"}));
}

TEST(User, IsANumberFirstAndANameSecond) {
  EXPECT_EQ(resolve_user("1000", kPasswd, kGroup)->uid, 1000U);
  EXPECT_EQ(resolve_user("1000", "1000:x:0:0::/:/bin/sh\n", "")->uid, 1000U);
}

TEST(User, WithAGroupHasNoOther) {
  EXPECT_EQ(resolve_user("app:wheel", kPasswd, kGroup)->groups, Groups{10});
  EXPECT_EQ(resolve_user("7:8", kPasswd, kGroup)->groups, Groups{8});
}

TEST(User, IsRefusedWhenItCannotBeMeant) {
  for (const char* text :
       {"nobody", "4294967296", "2147483648", "-1", "+0", "0x0", "0 ", " 0", ":", ":5",
        "5:", "1000:abc", "1000:4294967296", "app:users:x", "huge", "broken line"})
    EXPECT_FALSE(resolve_user(text, kPasswd, kGroup)) << text;
  EXPECT_EQ(resolve_user("nobody", kPasswd, kGroup).error().kind(), ErrorKind::NotFound);
}

}  // namespace
}  // namespace tests
