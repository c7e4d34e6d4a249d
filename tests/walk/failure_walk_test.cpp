// The walk through failed starts: each says which service, why and what to do, and leaves the rest
// alone.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/walk/stack.hpp"

namespace tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::string_view kGood = R"(services:
  good:
    image: box:latest
    command: ["sleep", "86400"]
    stop_signal: SIGKILL
)";

// The good service runs; then a second one is added that cannot start.
class Failure : public testing::Test {
 protected:
  void SetUp() override {
    const auto up = stack_.tutti({"up", "-d", "--wait"});
    ASSERT_EQ(up.exit_code, 0) << up.err;
    good_ = stack_.pid_of("good");
    ASSERT_GT(good_, 0);
  }

  // What `up` says about the file with `service` added; the good one is as it was.
  std::string fail_with(const std::string& service) {
    stack_.write(std::string(kGood) + service);
    const auto up = stack_.tutti({"up", "-d", "--wait", "--wait-timeout", "20"});
    EXPECT_EQ(up.exit_code, 1) << up.err;
    EXPECT_EQ(stack_.pid_of("good"), good_);
    return up.err;
  }

  const Home home_;
  const Stack stack_{home_, "failure", kGood};
  pid_t good_{0};
};

TEST_F(Failure, NamesAMissingImage) {
  EXPECT_THAT(fail_with("  bad:\n    image: nowhere:1\n"),
              AllOf(HasSubstr("bad"), HasSubstr("nowhere:1"), HasSubstr("image import")));
}

TEST_F(Failure, NamesACommandThatIsNotThere) {
  EXPECT_THAT(fail_with("  bad:\n    image: box:latest\n    command: [\"no-such-program\"]\n"),
              AllOf(HasSubstr("bad"), HasSubstr("no-such-program")));
}

TEST_F(Failure, NamesAPortThatIsTaken) {
  const int holder = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(18200);
  ASSERT_EQ(::bind(holder, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(holder, 1), 0);
  EXPECT_THAT(fail_with("  bad:\n    image: box:latest\n    command: [\"sleep\", \"9\"]\n"
                        "    ports: [\"18200:80\"]\n"),
              AllOf(HasSubstr("bad"), HasSubstr("18200")));
  ::close(holder);
}

TEST_F(Failure, NamesABindSourceThatIsNotThere) {
  EXPECT_THAT(fail_with("  bad:\n    image: box:latest\n    command: [\"sleep\", \"9\"]\n"
                        "    volumes:\n      - {type: bind, source: ./not-there, target: /x,"
                        " bind: {create_host_path: false}}\n"),
              AllOf(HasSubstr("bad"), HasSubstr("not-there")));
}

TEST_F(Failure, NamesAnAddressOutsideItsNetwork) {
  EXPECT_THAT(fail_with("  bad:\n    image: box:latest\n    command: [\"sleep\", \"9\"]\n"
                        "    networks: {inner: {ipv4_address: 10.1.1.1}}\n"
                        "networks:\n  inner:\n    ipam: {config: [{subnet: 10.222.0.0/24}]}\n"),
              AllOf(HasSubstr("bad"), HasSubstr("10.1.1.1")));
}

TEST_F(Failure, PointsAtAMistakeInTheFile) {
  EXPECT_THAT(fail_with("  bad:\n    image: box:latest\n    comand: [\"sleep\"]\n"),
              AllOf(HasSubstr("compose.yaml:8:"), HasSubstr("comand"), HasSubstr("command")));
}

}  // namespace
}  // namespace tests
