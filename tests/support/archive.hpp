// Tar archives made on the spot, so that tests need no image from anywhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tests {

enum class EntryKind : char { File = '0', Link = '2', Directory = '5' };

struct ArchiveEntry {
  EntryKind kind{EntryKind::File};
  std::string path;
  std::string content;  // of a file; the target of a link
  unsigned mode{0755};
};

// A ustar archive of these entries, owned by root.
[[nodiscard]] std::string write_archive(const std::vector<ArchiveEntry>& entries);

// A root file system of Debian's static busybox with links for its usual applets.
[[nodiscard]] std::string busybox_archive();

}  // namespace tests
