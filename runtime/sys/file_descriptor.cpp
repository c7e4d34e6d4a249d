// Closing and duplicating descriptors.
#include "runtime/sys/file_descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace runtime {

FileDescriptor FileDescriptor::duplicate() const {
  return FileDescriptor(::fcntl(number_, F_DUPFD_CLOEXEC, 0));
}

void FileDescriptor::close() noexcept {
  // close(2): on Linux the descriptor is gone even after EINTR, so it is never tried again.
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

}  // namespace runtime
