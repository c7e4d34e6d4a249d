// TemporaryDirectory: an empty directory of a test's own, gone with everything in it at its end.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tests {

// Lies below $TMPDIR (a private tmpfs inside the kernel box) or /tmp.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string operator/(std::string_view name) const {
    return (path_ / name).string();
  }

  // Writes a file below the directory (missing parents are made) and returns its path.
  std::string write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace tests
