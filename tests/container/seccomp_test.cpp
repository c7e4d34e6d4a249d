// The default profile, run call by call through an interpreter of its BPF program.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cerrno>
#include <cstring>

#include <asm/unistd.h>
#include <gtest/gtest.h>

#include "runtime/container/capabilities.hpp"
#include "runtime/container/seccomp_profile.hpp"

namespace tests {
namespace {

constexpr std::uint32_t kAllowed = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kRefused = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t kNotThere = SECCOMP_RET_ERRNO | ENOSYS;

// What the kernel would do with one call; only the instructions that the compiler uses.
std::uint32_t judge(const runtime::FilterProgram& program, const seccomp_data& call) {
  std::uint32_t accumulator = 0;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const runtime::FilterInstruction& step = program.at(at);
    const auto jump = [&](bool taken) { at += taken ? step.jump_true : step.jump_false; };
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&accumulator, reinterpret_cast<const char*>(&call) + step.operand,  // NOLINT
                    sizeof(accumulator));
        break;
      case BPF_JMP | BPF_JA:
        at += step.operand;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        jump(accumulator == step.operand);
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        jump(accumulator >= step.operand);
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        jump((accumulator & step.operand) != 0);
        break;
      case BPF_RET | BPF_K:
        return step.operand;
      default:
        ADD_FAILURE() << "instruction " << step.code;
        return 0;
    }
  }
  ADD_FAILURE() << "the program has no end";
  return 0;
}

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif

class Profile : public testing::Test {
 protected:
  void compile(std::uint64_t capabilities) {
    auto program = runtime::compile_seccomp_profile(capabilities);
    ASSERT_TRUE(program);
    program_ = std::move(*program);
  }
  std::uint32_t judge_call(int number, std::uint64_t argument = 0) {
    if (program_.empty()) compile(runtime::kDefaultCapabilities);
    seccomp_data call{};
    call.nr = number;
    call.arch = kArchitecture;
    call.args[0] = argument;
    return judge(program_, call);
  }
  runtime::FilterProgram program_;  // NOLINT: read by the tests
};

TEST_F(Profile, AllowsWhatProgramsNeed) {
  for (const int number : {__NR_read, __NR_execve, __NR_openat, __NR_futex, __NR_ptrace,
                           __NR_chroot, __NR_statx, __NR_close_range, __NR_faccessat2})
    EXPECT_EQ(judge_call(number), kAllowed) << number;
}

TEST_F(Profile, RefusesWhatReachesTheHost) {
  for (const int number :
       {__NR_mount,           __NR_umount2,       __NR_pivot_root,  __NR_setns,
        __NR_unshare,         __NR_bpf,           __NR_keyctl,      __NR_add_key,
        __NR_io_uring_setup,  __NR_userfaultfd,   __NR_kexec_load,  __NR_open_by_handle_at,
        __NR_perf_event_open, __NR_reboot,        __NR_init_module, __NR_fsopen,
        __NR_move_mount,      __NR_clock_settime, __NR_swapon,      __NR_syslog,
        __NR_pidfd_getfd})
    EXPECT_EQ(judge_call(number), kRefused) << number;
}

TEST_F(Profile, LooksAtArguments) {
  EXPECT_EQ(judge_call(__NR_clone, 0x01200011), kAllowed);
  for (const std::uint64_t flag : {0x10000000U, 0x20000000U, 0x00020000U, 0x40000000U, 0x02000000U})
    EXPECT_EQ(judge_call(__NR_clone, flag), kRefused) << flag;
  EXPECT_EQ(judge_call(__NR_socket, 2), kAllowed);
  EXPECT_EQ(judge_call(__NR_socket, 39), kAllowed);
  EXPECT_EQ(judge_call(__NR_socket, 38), kRefused);
  EXPECT_EQ(judge_call(__NR_socket, 0x1'0000'0026), kRefused) << "the kernel sees 32 bits";
  EXPECT_EQ(judge_call(__NR_socket, 40), kRefused);
  EXPECT_EQ(judge_call(__NR_personality, 0xffffffff), kAllowed);
  EXPECT_EQ(judge_call(__NR_personality, 0x20008), kAllowed);
  EXPECT_EQ(judge_call(__NR_personality, 0x0040000), kRefused);
}

TEST_F(Profile, SaysNotThereWhereLibcMustFallBack) {
  EXPECT_EQ(judge_call(__NR_clone3), kNotThere);
  EXPECT_EQ(judge_call(5000), kNotThere);
  EXPECT_EQ(judge_call(0x40000000), kNotThere) << "x32";
}

TEST_F(Profile, OpensWithCapabilities) {
  compile(runtime::kDefaultCapabilities | std::uint64_t{1}
                                              << *runtime::find_capability("SYS_ADMIN"));
  EXPECT_EQ(judge_call(__NR_mount), kAllowed);
  EXPECT_EQ(judge_call(__NR_clone3), kAllowed);
  EXPECT_EQ(judge_call(__NR_clone, 0x10000000), kAllowed);
  EXPECT_EQ(judge_call(__NR_reboot), kRefused);
}

#if defined(__x86_64__)
TEST_F(Profile, JudgesOtherArchitecturesByTheirOwnNumbers) {
  EXPECT_EQ(judge_call(__NR_read), kAllowed);
  seccomp_data call{};
  call.arch = AUDIT_ARCH_I386;
  call.nr = 21;  // mount, where x86_64 has access
  EXPECT_EQ(judge(program_, call), kRefused);
  call.nr = 5;  // open
  EXPECT_EQ(judge(program_, call), kAllowed);
  call.arch = AUDIT_ARCH_ARM;
  EXPECT_EQ(judge(program_, call), kRefused);
}
#endif

TEST(Capabilities, AddAndDropWithAll) {
  using runtime::capability_set;
  constexpr std::uint64_t kEvery = ~std::uint64_t{0};
  EXPECT_EQ(*capability_set({}, {}, kEvery), runtime::kDefaultCapabilities);
  EXPECT_EQ(*capability_set({"cap_net_admin"}, {"ALL"}, kEvery), std::uint64_t{1} << 12U);
  EXPECT_EQ(*capability_set({"ALL"}, {"CHOWN"}, kEvery), ((std::uint64_t{1} << 41U) - 1) & ~1ULL);
  EXPECT_EQ(*capability_set({"ALL"}, {}, 3), 3U) << "never more than we have";
  EXPECT_FALSE(capability_set({"FLY"}, {}, kEvery));
}

}  // namespace
}  // namespace tests
