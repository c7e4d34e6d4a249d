// FileDescriptor: owns one descriptor; the only way in the house to hold one.
#pragma once

#include <utility>

namespace runtime {

// Closes what it owns. Every descriptor is close-on-exec from birth (that is its opener's duty).
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) noexcept : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    FileDescriptor moved(std::move(other));
    std::swap(number_, moved.number_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }

  [[nodiscard]] int get() const noexcept { return number_; }
  [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }
  [[nodiscard]] FileDescriptor duplicate() const;  // close-on-exec; empty when that fails
  void close() noexcept;

 private:
  int number_{-1};
};

}  // namespace runtime
