// The ustar format (POSIX.1-1988): a 512-byte header and padded contents for each entry.
#include "tests/support/archive.hpp"

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace tests {
namespace {

constexpr std::size_t kBlock = 512;

void put(std::array<char, kBlock>& header, std::size_t at, std::string_view text) {
  std::memcpy(header.data() + at, text.data(), text.size());
}

std::string octal(std::size_t number, int digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%0*zo", digits, number);
  return text.data();
}

std::array<char, kBlock> header_of(const ArchiveEntry& entry) {
  std::array<char, kBlock> header{};
  const bool is_file = entry.kind == EntryKind::File;
  put(header, 0, std::string_view(entry.path).substr(0, 100));
  put(header, 100, octal(entry.mode, 7));
  put(header, 108, octal(0, 7));
  put(header, 116, octal(0, 7));
  put(header, 124, octal(is_file ? entry.content.size() : 0, 11));
  put(header, 136, octal(0, 11));
  put(header, 148, "        ");
  header[156] = static_cast<char>(entry.kind);
  if (entry.kind == EntryKind::Link) put(header, 157, entry.content);
  put(header, 257, std::string_view("ustar\00000", 8));
  std::size_t sum = 0;
  for (const char byte : header) sum += static_cast<unsigned char>(byte);
  put(header, 148, octal(sum, 6));
  header[154] = '\0';
  return header;
}

}  // namespace

std::string write_archive(const std::vector<ArchiveEntry>& entries) {
  std::string archive;
  for (const auto& entry : entries) {
    const auto header = header_of(entry);
    archive.append(header.data(), header.size());
    if (entry.kind != EntryKind::File) continue;
    archive += entry.content;
    archive.append((kBlock - entry.content.size() % kBlock) % kBlock, '\0');
  }
  return archive.append(2 * kBlock, '\0');
}

std::string busybox_archive() {
  std::ifstream program("/bin/busybox", std::ios::binary);
  if (!program) throw std::runtime_error("/bin/busybox (package busybox-static) is missing");
  std::vector<ArchiveEntry> entries;
  for (const char* folder : {"bin", "dev", "etc", "proc", "sys", "tmp", "www"}) {
    entries.push_back({.kind = EntryKind::Directory, .path = folder, .content = ""});
  }
  entries.push_back(
      {.path = "bin/busybox", .content = {std::istreambuf_iterator<char>(program), {}}});
  for (const char* applet :
       {"cat", "echo", "env", "false", "httpd", "id", "ls", "nc", "ping", "ps", "sh", "sleep",
        "stty", "true", "tty", "wget", "nslookup", "hostname"}) {
    entries.push_back(
        {.kind = EntryKind::Link, .path = std::string("bin/") + applet, .content = "busybox"});
  }
  entries.push_back({.path = "etc/passwd", .content = "root:x:0:0::/:/bin/sh\n", .mode = 0644});
  entries.push_back({.path = "etc/group", .content = "root:x:0:\n", .mode = 0644});
  entries.push_back({.path = "www/index.html", .content = "hello from the box\n", .mode = 0644});
  return write_archive(entries);
}

}  // namespace tests
