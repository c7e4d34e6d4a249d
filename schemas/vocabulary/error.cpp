// Error texts and the mapping from errno to the few kinds that callers branch on.
#include "schemas/vocabulary/error.hpp"

#include <cerrno>
#include <ranges>
#include <system_error>

namespace schemas {

std::string Error::text() const {
  std::string all;
  for (const std::string& frame : std::views::reverse(frames_)) all += frame + ": ";
  return all + text_;
}

ErrorKind kind_of_errno(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ESRCH:
    case ENODEV:
    case ENXIO:
      return ErrorKind::NotFound;
    case EEXIST:
    case EADDRINUSE:
    case ENOTEMPTY:
      return ErrorKind::Conflict;
    case EBUSY:
    case EAGAIN:
    case ETXTBSY:
      return ErrorKind::Busy;
    case EPERM:
    case EACCES:
    case EROFS:
      return ErrorKind::Denied;
    case EINVAL:
    case ENAMETOOLONG:
    case ELOOP:
    case ENOTDIR:
    case EISDIR:
      return ErrorKind::Invalid;
    case ETIMEDOUT:
      return ErrorKind::TimedOut;
    default:
      return ErrorKind::Failed;
  }
}

std::string errno_text(int error_number) { return std::generic_category().message(error_number); }

}  // namespace schemas
