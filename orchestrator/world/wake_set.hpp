// WakeSet: every descriptor whose readiness means "look again", behind one that the loop can wait
// for.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

enum class WakeKind : std::uint8_t {
  Exit,
  StartReport,
  ProbeOutput,
  ProbeExit,
  DyingProbe,
  VolumeFilled,
  Links
};

// What became ready: which kind of thing, of whom.
struct Wake {
  WakeKind kind{WakeKind::Exit};
  std::string subject;
  friend bool operator==(const Wake&, const Wake&) = default;
};

// An epoll(7) instance. It does not own the descriptors: a watched one must be forgotten before it
// is closed, since duplicates of it may keep the watch alive.
class WakeSet {
 public:
  static schemas::Result<WakeSet> open();

  [[nodiscard]] schemas::Result<> watch(const runtime::FileDescriptor& descriptor, Wake wake);
  void forget(const runtime::FileDescriptor& descriptor);

  // All that is ready now; never waits.
  [[nodiscard]] std::vector<Wake> drain();

  // Readable when drain() would return something.
  [[nodiscard]] const runtime::FileDescriptor& descriptor() const { return epoll_; }

 private:
  explicit WakeSet(runtime::FileDescriptor epoll) : epoll_(std::move(epoll)) {}

  runtime::FileDescriptor epoll_;
  std::unordered_map<int, Wake> wakes_;
};

}  // namespace orchestrator
