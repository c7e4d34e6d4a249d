// Reads the start time of a process, which together with its pid is its identity.
#include "orchestrator/keeper/text.hpp"

#include "orchestrator/keeper/system_calls.hpp"

namespace orchestrator {

uint64_t start_time_of(int32_t pid) {
  Text<32> path;
  path.add("/proc/").add(static_cast<uint64_t>(pid)).add("/stat");
  const long file = kernel::open_at(AT_FDCWD, path.get(), O_RDONLY);
  if (file < 0) return 0;
  char bytes[1024];
  const long length = kernel::read(static_cast<int>(file), bytes, sizeof(bytes));
  kernel::close(static_cast<int>(file));

  // The name (field 2) is in parentheses and may hold anything, also parentheses and blanks.
  long position = length - 1;
  while (position > 0 && bytes[position] != ')') --position;
  int field = 2;
  uint64_t number = 0;
  for (++position; position < length; ++position) {
    if (bytes[position] == ' ') {
      if (++field == 23) return number;
    } else if (field == 22) {
      number = number * 10 + static_cast<uint64_t>(bytes[position] - '0');
    }
  }
  return 0;
}

}  // namespace orchestrator
