// What a cloned child tells its parent when a step fails: one fixed-size record on a pipe.
#pragma once

#include <array>
#include <cstdint>

namespace runtime {

enum class ChildStep : std::uint8_t {
  JoinCgroup,
  JoinNamespace,
  MountRoot,
  MakeMountPoint,
  Mount,
  MaskPath,
  WriteSysctl,
  EnterRoot,
  SetHostname,
  OpenTerminal,
  OpenStreams,
  WorkingDirectory,
  Privileges,
  Seccomp,
  Execute,
};

// Small enough for one atomic write (pipe(7), PIPE_BUF); the parent turns it into words.
struct ChildFailure {
  ChildStep step{};
  int error_number{0};
  std::array<char, 400> subject{};  // what the step was about: a path, a program
  std::array<char, 400> detail{};   // where it was looked for
};

// 125: our side failed; 126: the program cannot be run; 127: there is no such program.
[[nodiscard]] int exit_code_of(const ChildFailure& failure) noexcept;

// Writes the record, with errno, and leaves the process. Allocates nothing.
[[noreturn]] void report_and_exit(int report, ChildStep step, const char* subject,
                                  const char* detail = "") noexcept;

}  // namespace runtime
