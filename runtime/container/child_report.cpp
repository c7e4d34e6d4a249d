// The child's last words.
#include "runtime/container/child_report.hpp"

#include <unistd.h>

#include <cerrno>

namespace runtime {

namespace {

void copy_text(std::array<char, 400>& to, const char* from) noexcept {
  for (std::size_t i = 0; i + 1 < to.size() && from[i] != '\0'; ++i) to[i] = from[i];  // NOLINT
}

}  // namespace

int exit_code_of(const ChildFailure& failure) noexcept {
  const bool missing = failure.error_number == ENOENT || failure.error_number == ENOTDIR;
  if (failure.step == ChildStep::Execute) return missing ? 127 : 126;
  // A file mounted on a directory, or the other way round: Docker says 127.
  if (failure.step == ChildStep::Mount && failure.error_number == ENOTDIR) return 127;
  return 125;
}

void report_and_exit(int report, ChildStep step, const char* subject, const char* detail) noexcept {
  ChildFailure failure{.step = step, .error_number = errno};
  copy_text(failure.subject, subject);
  copy_text(failure.detail, detail);
  const int code = exit_code_of(failure);
  static_cast<void>(::write(report, &failure, sizeof(failure)) < 0);
  ::_exit(code);
}

}  // namespace runtime
