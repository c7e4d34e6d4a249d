// Makes tar archives of any kind, also such that no honest program writes: the hostile corpus in
// code.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tests {

struct TarMember {
  std::string path;
  char type{'0'};
  std::string content;
  std::string link;
  unsigned mode{0644};
  unsigned uid{0};
  unsigned gid{0};
  std::int64_t modified{0};
  unsigned major{0};
  unsigned minor{0};
};

class TarBuilder {
 public:
  TarBuilder& add(const TarMember& member);
  TarBuilder& directory(std::string_view path, unsigned mode = 0755);
  TarBuilder& file(std::string_view path, std::string_view content, unsigned mode = 0644);
  TarBuilder& symlink(std::string_view path, std::string_view target);
  TarBuilder& hard_link(std::string_view path, std::string_view target);
  // Extended records for the next member; the value may hold any bytes.
  TarBuilder& pax(const std::map<std::string, std::string>& records, char type = 'x');
  TarBuilder& long_name(std::string_view path);
  TarBuilder& raw(std::string_view bytes);

  [[nodiscard]] std::string finish() const { return bytes_ + std::string(1024, '\0'); }
  [[nodiscard]] std::string cut() const { return bytes_; }  // without the end marker

 private:
  std::string bytes_;
};

// One header block with a right checksum, after which `patch` was applied before summing.
[[nodiscard]] std::string tar_header(const TarMember& member, std::size_t size);
[[nodiscard]] std::string with_checksum(std::string block);

}  // namespace tests
