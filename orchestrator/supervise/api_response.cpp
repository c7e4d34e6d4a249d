// ResponseReader: one stage after another, each asking for the bytes that it needs.
#include "orchestrator/supervise/api_response.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace orchestrator {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Result;

constexpr std::size_t kHeadLimit = 8U << 10U;
constexpr std::size_t kSizeLineLimit = 64;
constexpr std::string_view kLineEnd = "\r\n";

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lower;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Result<std::uint64_t> read_number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, base);
  constexpr std::uint64_t kLimit = 1ULL << 40U;
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || value > kLimit) {
    return fail(ErrorKind::Invalid, "bad length in the answer");
  }
  return value;
}

}  // namespace

Result<> ResponseReader::take(std::string_view bytes) {
  buffer_.append(bytes);
  for (;;) {
    auto more = step();
    if (!more) return pass_up(more, "read the supervisor's answer");
    if (!*more) return {};
  }
}

Result<bool> ResponseReader::step() {
  switch (stage_) {
    case Stage::Head: {
      if (buffer_.find("\r\n\r\n") == std::string::npos) {
        if (buffer_.size() > kHeadLimit) return fail(ErrorKind::Invalid, "the head is too long");
        return false;
      }
      auto head = read_head();
      if (!head) return pass_up(head);
      return true;
    }
    case Stage::ChunkSize:
      return read_chunk_size();
    case Stage::Chunk:
    case Stage::Length: {
      const auto count = std::min<std::uint64_t>(wanted_, buffer_.size());
      body_.append(buffer_, 0, count);
      buffer_.erase(0, count);
      wanted_ -= count;
      if (wanted_ > 0) return false;
      stage_ = stage_ == Stage::Chunk ? Stage::ChunkEnd : Stage::Complete;
      return true;
    }
    case Stage::ChunkEnd:
      if (buffer_.size() < kLineEnd.size()) return false;
      if (!buffer_.starts_with(kLineEnd)) return fail(ErrorKind::Invalid, "a chunk has no end");
      buffer_.erase(0, kLineEnd.size());
      stage_ = Stage::ChunkSize;
      return true;
    case Stage::Trailer: {
      const auto end = buffer_.find(kLineEnd);
      if (end == std::string::npos && buffer_.size() > kHeadLimit) {
        return fail(ErrorKind::Invalid, "the trailer is too long");
      }
      if (end == std::string::npos) return false;
      buffer_.erase(0, end + kLineEnd.size());
      if (end == 0) stage_ = Stage::Complete;
      return true;
    }
    case Stage::Complete:
      return false;
  }
  return false;
}

// "HTTP/1.1 200 OK", then one header a line, up to the empty line.
Result<> ResponseReader::read_head() {
  const auto end = buffer_.find("\r\n\r\n");
  std::string_view head = std::string_view(buffer_).substr(0, end + kLineEnd.size());
  const auto status_end = head.find(kLineEnd);
  const std::string_view status_line = head.substr(0, status_end);
  if (!status_line.starts_with("HTTP/1.") || status_line.size() < 12) {
    return fail(ErrorKind::Invalid, "this is no HTTP answer");
  }
  auto status = read_number(status_line.substr(9, 3), 10);
  if (!status) return pass_up(status);
  status_ = static_cast<unsigned>(*status);
  head.remove_prefix(status_end + kLineEnd.size());
  while (!head.empty()) {
    const auto line_end = head.find(kLineEnd);
    auto header = read_header(head.substr(0, line_end));
    if (!header) return header;
    head.remove_prefix(line_end + kLineEnd.size());
  }
  buffer_.erase(0, end + 2 * kLineEnd.size());
  stage_ = chunked_ ? Stage::ChunkSize : Stage::Length;
  return {};
}

Result<> ResponseReader::read_header(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return fail(ErrorKind::Invalid, "bad header in the answer");
  const std::string name = lower_case(line.substr(0, colon));
  const std::string_view value = trim(line.substr(colon + 1));
  if (name == "transfer-encoding") chunked_ = lower_case(value) == "chunked";
  if (name != "content-length") return {};
  auto length = read_number(value, 10);
  if (!length) return pass_up(length);
  wanted_ = *length;
  return {};
}

Result<bool> ResponseReader::read_chunk_size() {
  const auto end = buffer_.find(kLineEnd);
  if (end == std::string::npos) {
    if (buffer_.size() > kSizeLineLimit) return fail(ErrorKind::Invalid, "bad chunk in the answer");
    return false;
  }
  const std::string_view line = std::string_view(buffer_).substr(0, end);
  auto size = read_number(trim(line.substr(0, line.find(';'))), 16);
  if (!size) return pass_up(size);
  wanted_ = *size;
  buffer_.erase(0, end + kLineEnd.size());
  stage_ = wanted_ == 0 ? Stage::Trailer : Stage::Chunk;
  return true;
}

}  // namespace orchestrator
