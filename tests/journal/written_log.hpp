// WrittenLog: a log directory written as the keeper writes it, one burst at a time.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/journal/formats.hpp"
#include "tests/support/temporary_directory.hpp"

namespace tests {

class WrittenLog {
 public:
  explicit WrittenLog(std::string directory) : directory_(std::move(directory)) {}

  WrittenLog& out(std::string_view text) { return burst(runtime::kLogStdout, text); }
  WrittenLog& err(std::string_view text) { return burst(runtime::kLogStderr, text); }

  WrittenLog& new_run() {
    entry({.offset = offset_, .stream = runtime::kLogStdout, .flags = runtime::kLogBreak});
    return *this;
  }
  WrittenLog& new_segment() {
    ++segment_;
    offset_ = 0;
    append(runtime::kSegmentPrefix, {});
    append(runtime::kIndexPrefix, {});
    return *this;
  }
  // Bytes as a crash may leave them.
  WrittenLog& raw_index(std::string_view bytes) {
    append(runtime::kIndexPrefix, bytes);
    return *this;
  }

  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] std::string file(const char* prefix, std::uint32_t number) const {
    return directory_ + "/" + prefix + std::to_string(number);
  }

 private:
  WrittenLog& burst(std::uint8_t stream, std::string_view text) {
    append(runtime::kSegmentPrefix, text);
    entry({.offset = offset_,
           .wall_time = ++time_,
           .length = static_cast<std::uint32_t>(text.size()),
           .stream = stream});
    offset_ += text.size();
    return *this;
  }
  void entry(runtime::LogIndexEntry entry) {
    entry.segment = segment_;
    entry.checksum = runtime::checksum_of(entry);
    append(runtime::kIndexPrefix, {reinterpret_cast<const char*>(&entry), sizeof(entry)});
  }
  void append(const char* prefix, std::string_view bytes) const {
    std::ofstream(file(prefix, segment_), std::ios::app | std::ios::binary) << bytes;
  }

  std::string directory_;
  std::uint32_t segment_{1};
  std::uint64_t offset_{0};
  std::int64_t time_{0};
};

}  // namespace tests
