// Compiles the profile: for each architecture a binary search over ranges of call numbers.
//
// Neighbouring numbers mostly share a verdict, so a few dozen ranges stand for all calls. The
// kernel runs the filter once for every number when it is loaded (seccomp(2), action cache): a
// shallow search costs a fraction of what one comparison per call does.
#include "runtime/container/seccomp_profile.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <span>
#include <string>

#include "runtime/container/capabilities.hpp"
#include "runtime/container/seccomp_rules.hpp"

namespace runtime {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Result;

namespace {

enum class Verdict : std::uint8_t { Allow, Refuse, Unknown, AskClone, AskSocket, AskPersonality };

// From this call number on, until the next range.
struct Range {
  std::uint32_t first{0};
  Verdict verdict{Verdict::Refuse};
};

constexpr std::uint32_t kNewNamespaceFlags = 0x7E020000;          // every CLONE_NEW*
constexpr std::array<std::uint32_t, 2> kRefusedFamilies{38, 40};  // AF_ALG, AF_VSOCK
constexpr std::array<std::uint32_t, 5> kPersonalities{0, 8, 0x20000, 0x20008, 0xffffffff};

bool has_capability(std::uint64_t capabilities, std::string_view name) {
  const auto number = find_capability(name);
  return number && (capabilities >> *number & 1U) != 0;
}

using Verdicts = std::map<std::uint32_t, Verdict>;

void decide(Verdicts& verdicts, std::uint32_t architecture, std::string_view names,
            Verdict verdict) {
  while (!names.empty()) {
    const std::string name(names.substr(0, names.find(' ')));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    const int number = ::seccomp_syscall_resolve_name_arch(architecture, name.c_str());
    if (number >= 0) verdicts[static_cast<std::uint32_t>(number)] = verdict;
  }
}

// The newest call that libseccomp knows: later numbers are "not there", so that libc falls back.
std::uint32_t newest_call(std::uint32_t architecture) {
  for (std::uint32_t number = 511; number > 0; --number) {
    char* name = ::seccomp_syscall_resolve_num_arch(architecture, static_cast<int>(number));
    if (name == nullptr) continue;
    std::free(name);  // NOLINT: libseccomp allocates with malloc
    return number;
  }
  return 0;
}

Verdicts decide_calls(std::uint32_t architecture, std::uint64_t capabilities) {
  Verdicts verdicts;
  decide(verdicts, architecture, always_allowed_calls(), Verdict::Allow);
  decide(verdicts, architecture, "clone", Verdict::AskClone);
  decide(verdicts, architecture, "socket", Verdict::AskSocket);
  decide(verdicts, architecture, "personality", Verdict::AskPersonality);
  // ENOSYS, not EPERM: else glibc cannot start threads (it would not fall back to clone).
  decide(verdicts, architecture, "clone3", Verdict::Unknown);
  for (const CapabilityCalls& group : calls_by_capability())
    if (has_capability(capabilities, group.capability))
      decide(verdicts, architecture, group.calls, Verdict::Allow);
  return verdicts;
}

std::vector<Range> find_ranges(std::uint32_t architecture, std::uint64_t capabilities) {
  const Verdicts verdicts = decide_calls(architecture, capabilities);
  const std::uint32_t newest = newest_call(architecture);
  std::vector<Range> ranges;
  for (std::uint32_t number = 0; number <= newest; ++number) {
    const auto found = verdicts.find(number);
    const Verdict verdict = found == verdicts.end() ? Verdict::Refuse : found->second;
    if (ranges.empty() || ranges.back().verdict != verdict) ranges.push_back({number, verdict});
  }
  ranges.push_back({newest + 1, Verdict::Unknown});
  return ranges;
}

FilterInstruction load(std::size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}
FilterInstruction answer(std::uint32_t action) { return {BPF_RET | BPF_K, 0, 0, action}; }
constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t kUnknown = SECCOMP_RET_ERRNO | ENOSYS;

// The lower half of argument 0; the kernel takes these three arguments as 32 bits itself.
FilterInstruction load_argument() { return load(offsetof(seccomp_data, args)); }

FilterProgram ask(Verdict verdict) {
  if (verdict == Verdict::AskClone)
    return {load_argument(),
            {BPF_JMP | BPF_JSET | BPF_K, 0, 1, kNewNamespaceFlags},
            answer(kRefuse),
            answer(kAllow)};
  if (verdict == Verdict::AskSocket)
    return {load_argument(),
            {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, kRefusedFamilies[0]},
            {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, kRefusedFamilies[1]},
            answer(kRefuse),
            answer(kAllow)};
  FilterProgram program{load_argument()};
  for (std::size_t i = 0; i < kPersonalities.size(); ++i)
    program.push_back({BPF_JMP | BPF_JEQ | BPF_K,
                       static_cast<std::uint8_t>(kPersonalities.size() - i), 0,
                       kPersonalities.at(i)});
  program.push_back(answer(kRefuse));
  program.push_back(answer(kAllow));
  return program;
}

FilterProgram leaf(Verdict verdict) {
  if (verdict == Verdict::Allow) return {answer(kAllow)};
  if (verdict == Verdict::Refuse) return {answer(kRefuse)};
  if (verdict == Verdict::Unknown) return {answer(kUnknown)};
  return ask(verdict);
}

// "Is the number in the upper half?", recursively: the lower half follows, the upper lies behind
// it.
FilterProgram search(std::span<const Range> ranges) {
  if (ranges.size() == 1) return leaf(ranges.front().verdict);
  const std::size_t middle = ranges.size() / 2;
  const FilterProgram lower = search(ranges.first(middle));
  const FilterProgram upper = search(ranges.subspan(middle));
  FilterProgram program;
  if (lower.size() <= 255) {
    program.push_back({BPF_JMP | BPF_JGE | BPF_K, static_cast<std::uint8_t>(lower.size()), 0,
                       ranges[middle].first});
  } else {
    // A conditional jump reaches 255 instructions; a plain one reaches all.
    program.push_back({BPF_JMP | BPF_JGE | BPF_K, 0, 1, ranges[middle].first});
    program.push_back({BPF_JMP | BPF_JA, 0, 0, static_cast<std::uint32_t>(lower.size())});
  }
  program.insert(program.end(), lower.begin(), lower.end());
  program.insert(program.end(), upper.begin(), upper.end());
  return program;
}

// The architectures whose programs this kernel runs. x32 shares x86_64's token and has numbers
// above every known one, so it is "not there".
std::vector<std::uint32_t> architectures() {
  const std::uint32_t native = ::seccomp_arch_native();
  if (native == SCMP_ARCH_X86_64) return {native, SCMP_ARCH_X86};
  return {native};
}

}  // namespace

Result<FilterProgram> compile_seccomp_profile(std::uint64_t capabilities) {
  FilterProgram program{load(offsetof(seccomp_data, arch))};
  for (const std::uint32_t architecture : architectures()) {
    const std::vector<Range> ranges = find_ranges(architecture, capabilities);
    FilterProgram section{load(offsetof(seccomp_data, nr))};
    const FilterProgram body = search(ranges);
    section.insert(section.end(), body.begin(), body.end());
    program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 1, 0, architecture});
    program.push_back({BPF_JMP | BPF_JA, 0, 0, static_cast<std::uint32_t>(section.size())});
    program.insert(program.end(), section.begin(), section.end());
  }
  program.push_back(answer(kRefuse));
  if (program.size() > BPF_MAXINSNS)
    return fail(ErrorKind::Failed, "the seccomp profile has {} instructions", program.size());
  return program;
}

Result<const FilterProgram*> SeccompProfiles::program_for(std::uint64_t capabilities) {
  const auto known = programs_.find(capabilities);
  if (known != programs_.end()) return &known->second;
  auto program = compile_seccomp_profile(capabilities);
  if (!program) return pass_up(program, "seccomp profile");
  return &programs_.emplace(capabilities, std::move(*program)).first->second;
}

}  // namespace runtime
