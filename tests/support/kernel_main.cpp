// main() of every kernel test program: enters the box, compares traces around each test.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <gtest/gtest.h>

#include "tests/support/eventually.hpp"
#include "tests/support/kernel_box.hpp"
#include "tests/support/trace.hpp"

namespace tests {
namespace {

constexpr int kSkipped = 77;  // CTest's SKIP_RETURN_CODE

// "Leave no trace", asserted after each test. The kernel removes links and mounts of a dead
// namespace a moment later, so the comparison is given a deadline.
class LeaveNoTrace : public testing::EmptyTestEventListener {
 public:
  void OnTestStart(const testing::TestInfo&) override { before_ = take_trace(); }
  void OnTestEnd(const testing::TestInfo& test) override {
    std::string left;
    const bool clean =
        eventually([&] { return (left = describe_difference(before_, take_trace())).empty(); },
                   std::chrono::seconds(3));
    if (!clean) ADD_FAILURE() << test.name() << " left a trace:\n" << left;
    if (test.result()->Skipped() && is_required()) ADD_FAILURE() << "skipped, but REQUIRE_KERNEL=1";
  }

  static bool is_required() {
    const char* required = std::getenv("REQUIRE_KERNEL");
    return required != nullptr && std::strcmp(required, "1") == 0;
  }

 private:
  Trace before_;
};

}  // namespace

int kernel_box_main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (GTEST_FLAG_GET(list_tests)) return RUN_ALL_TESTS();
  const KernelBoxResult box = enter_kernel_box();
  if (box.outcome == KernelBox::Finished) return box.exit_code;
  if (box.outcome == KernelBox::Missing) {
    std::fprintf(stderr, "KERNEL TESTS DID NOT RUN: %s is missing.\n", box.missing);
    return LeaveNoTrace::is_required() ? 1 : kSkipped;
  }
  testing::UnitTest::GetInstance()->listeners().Append(new LeaveNoTrace);  // gtest owns it
  return RUN_ALL_TESTS();
}

}  // namespace tests

int main(int argc, char** argv) { return tests::kernel_box_main(argc, argv); }
