// getrlimit(2) and setrlimit(2) of RLIMIT_NOFILE; the hard limit is never changed.
#include "runtime/sys/descriptor_limit.hpp"

#include <sys/resource.h>

namespace runtime {

namespace {

// Reading a process's own limit cannot fail (getrlimit(2)).
rlimit own_limit() noexcept {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit;
}

}  // namespace

std::uint64_t soft_descriptor_limit() { return own_limit().rlim_cur; }

std::uint64_t raise_descriptor_limit() {
  rlimit limit = own_limit();
  const std::uint64_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return before;
}

void restore_descriptor_limit(std::uint64_t soft) noexcept {
  rlimit limit = own_limit();
  if (soft > limit.rlim_max) return;
  limit.rlim_cur = soft;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace runtime
