// The one error type of the house: what went wrong, why, and what we were doing when it did.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace schemas {

// Callers branch on these few kinds and on nothing else.
enum class ErrorKind : std::uint8_t { Invalid, NotFound, Conflict, Busy, Denied, TimedOut, Failed };

// An error with the frames that were added on its way up, innermost first.
class Error {
 public:
  Error(ErrorKind kind, std::string text) : kind_(kind), text_(std::move(text)) {}

  [[nodiscard]] ErrorKind kind() const { return kind_; }

  // "start web-1: attach to shop_front: bridge br-shop: Operation not permitted"
  [[nodiscard]] std::string text() const;

  // Adds the frame that says what the caller was trying to do.
  void add_frame(std::string frame) { frames_.push_back(std::move(frame)); }

  friend bool operator==(const Error&, const Error&) = default;

 private:
  ErrorKind kind_;
  std::string text_;
  std::vector<std::string> frames_;
};

// std::expected, but dropping one is a compile error: g++ 12 does not mark its own nodiscard.
template <typename T = void>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

// What an ensure_ or perform did: the difference between "made it so" and "was already so".
enum class Change : std::uint8_t { Already, Made };

// A new error of our own making: fail(ErrorKind::Invalid, "port {} is taken", port).
template <typename... Args>
[[nodiscard]] std::unexpected<Error> fail(ErrorKind kind, fmt::format_string<Args...> format,
                                          Args&&... args) {
  return std::unexpected<Error>(Error(kind, fmt::format(format, std::forward<Args>(args)...)));
}

// The kind that an errno stands for (ENOENT is NotFound, EEXIST is Conflict, EPERM is Denied, ...).
[[nodiscard]] ErrorKind kind_of_errno(int error_number);

// The text of an errno without strerror's shared buffer.
[[nodiscard]] std::string errno_text(int error_number);

// An error of the kernel: os_error(errno, "mount {} on {}", source, target).
template <typename... Args>
[[nodiscard]] std::unexpected<Error> os_error(int error_number, fmt::format_string<Args...> format,
                                              Args&&... args) {
  return std::unexpected<Error>(
      Error(kind_of_errno(error_number),
            fmt::format(format, std::forward<Args>(args)...) + ": " + errno_text(error_number)));
}

// Hands a failure to the caller with one more frame: pass_up(bridge, "attach {}", name).
template <typename T, typename... Args>
[[nodiscard]] std::unexpected<Error> pass_up(Result<T>& failed, fmt::format_string<Args...> format,
                                             Args&&... args) {
  Error error = std::move(failed.error());
  error.add_frame(fmt::format(format, std::forward<Args>(args)...));
  return std::unexpected<Error>(std::move(error));
}

// Hands a failure to the caller as it is, where the noun does not change.
template <typename T>
[[nodiscard]] std::unexpected<Error> pass_up(Result<T>& failed) {
  return std::unexpected<Error>(std::move(failed.error()));
}

}  // namespace schemas
