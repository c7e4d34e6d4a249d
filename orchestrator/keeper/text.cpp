// Reads what the keeper needs of a process's stat(5): its start time, and a zombie's wait status.
#include "orchestrator/keeper/text.hpp"

#include "orchestrator/keeper/system_calls.hpp"

namespace orchestrator {

namespace {

constexpr int kStateField = 3;
constexpr int kStartTimeField = 22;
constexpr int kExitCodeField = 52;

}  // namespace

ProcessFacts facts_of(int32_t pid) {
  ProcessFacts facts;
  Text<32> path;
  path.add("/proc/").add(static_cast<uint64_t>(pid)).add("/stat");
  const long file = kernel::open_at(AT_FDCWD, path.get(), O_RDONLY);
  if (file < 0) return facts;
  char bytes[1024];
  const long length = kernel::read(static_cast<int>(file), bytes, sizeof(bytes));
  kernel::close(static_cast<int>(file));

  // The name (field 2) is in parentheses and may hold anything, also parentheses and blanks.
  long position = length - 1;
  while (position > 0 && bytes[position] != ')') --position;
  int field = 2;
  uint64_t number = 0;
  for (++position; position <= length; ++position) {
    const char byte = position < length ? bytes[position] : ' ';
    if (byte >= '0' && byte <= '9') {
      number = number * 10 + static_cast<uint64_t>(byte - '0');
      continue;
    }
    if (field == kStateField && byte == 'Z') facts.zombie = true;
    if (byte != ' ' && byte != '\n') continue;
    if (field == kStartTimeField) facts.start_time = number;
    if (field == kExitCodeField) facts.wait_status = static_cast<int32_t>(number);
    ++field;
    number = 0;
  }
  return facts;
}

uint64_t start_time_of(int32_t pid) { return facts_of(pid).start_time; }

}  // namespace orchestrator
