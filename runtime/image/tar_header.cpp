// Reads the header block of a tar entry.
#include "runtime/image/tar_header.hpp"

#include <algorithm>
#include <string_view>

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::Result;

struct Field {
  std::size_t offset;
  std::size_t size;
};

constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kUid{108, 8};
constexpr Field kGid{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kModified{136, 12};
constexpr Field kChecksum{148, 8};
constexpr std::size_t kType = 156;
constexpr Field kLink{157, 100};
constexpr Field kMagic{257, 8};
constexpr Field kMajor{329, 8};
constexpr Field kMinor{337, 8};
constexpr Field kPrefix{345, 155};

std::string_view raw(std::string_view block, Field field) {
  return block.substr(field.offset, field.size);
}

// A string field ends at its first NUL or at its last byte.
std::string text(std::string_view block, Field field) {
  const std::string_view bytes = raw(block, field);
  return std::string(bytes.substr(0, bytes.find('\0')));
}

// GNU and star write numbers that octal digits cannot hold as big-endian two's complement with the
// top bit set.
Result<std::int64_t> base256(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const bool negative = (at(0) & 0x40U) != 0;
  std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    unsigned byte = at(i);
    if (i == 0) byte = negative ? (byte | 0x80U) : (byte & 0x7FU);
    const auto top = static_cast<unsigned>(value >> 55U);  // what the shift must not lose
    if (top != 0 && top != 0x1FFU) {
      return schemas::fail(ErrorKind::Invalid, "number in a tar header is too large");
    }
    value = (value << 8U) | byte;
  }
  const auto result = static_cast<std::int64_t>(value);
  if ((result < 0) != negative) {
    return schemas::fail(ErrorKind::Invalid, "number in a tar header is too large");
  }
  return result;
}

Result<std::int64_t> number(std::string_view block, Field field) {
  std::string_view bytes = raw(block, field);
  if ((static_cast<unsigned char>(bytes[0]) & 0x80U) != 0) return base256(bytes);
  while (!bytes.empty() && bytes.front() == ' ') bytes.remove_prefix(1);
  std::int64_t value = 0;
  std::size_t digits = 0;
  while (digits < bytes.size() && bytes[digits] >= '0' && bytes[digits] <= '7') {
    value = value * 8 + (bytes[digits] - '0');  // at most 12 digits: 36 bits
    ++digits;
  }
  const std::string_view rest = bytes.substr(digits);
  const bool ended =
      std::all_of(rest.begin(), rest.end(), [](char c) { return c == '\0' || c == ' '; });
  if (!ended) return schemas::fail(ErrorKind::Invalid, "number in a tar header is not octal");
  return value;
}

// Some old writers summed signed bytes; both sums are accepted.
bool checksum_matches(std::string_view block, std::int64_t expected) {
  std::int64_t plain = 0;
  std::int64_t as_signed = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool inside = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.size;
    const char byte = inside ? ' ' : block[i];
    plain += static_cast<unsigned char>(byte);
    as_signed += static_cast<signed char>(byte);
  }
  return expected == plain || expected == as_signed;
}

std::string full_path(std::string_view block) {
  const std::string name = text(block, kName);
  // Only POSIX ustar ("ustar", NUL, "00") has a prefix; GNU keeps times in its place.
  if (!raw(block, kMagic).starts_with(std::string_view("ustar\0", 6))) return name;
  const std::string prefix = text(block, kPrefix);
  return prefix.empty() ? name : prefix + "/" + name;
}

}  // namespace

Result<std::optional<TarHeader>> read_tar_header(std::span<const std::byte, kTarBlock> block) {
  const std::string_view bytes(reinterpret_cast<const char*>(block.data()), block.size());
  if (bytes.find_first_not_of('\0') == std::string_view::npos) return std::optional<TarHeader>{};

  auto checksum = number(bytes, kChecksum);
  if (!checksum || !checksum_matches(bytes, *checksum)) {
    return schemas::fail(ErrorKind::Invalid, "not a tar header (its checksum does not match)");
  }
  TarHeader header{
      .path = full_path(bytes), .link_target = text(bytes, kLink), .type = bytes[kType]};
  const struct {
    Field field;
    std::int64_t TarHeader::*member;
  } numbers[] = {{kUid, &TarHeader::uid},
                 {kGid, &TarHeader::gid},
                 {kSize, &TarHeader::size},
                 {kModified, &TarHeader::modified},
                 {kMajor, &TarHeader::device_major},
                 {kMinor, &TarHeader::device_minor}};
  const bool device = header.type == '3' || header.type == '4';
  for (const auto& [field, member] : numbers) {
    const bool of_device = field.offset == kMajor.offset || field.offset == kMinor.offset;
    if (of_device && !device) continue;  // old writers leave rubbish there
    auto value = number(bytes, field);
    if (!value) return pass_up(value);
    header.*member = *value;
  }
  auto mode = number(bytes, kMode);
  if (!mode) return pass_up(mode);
  header.mode = static_cast<std::uint32_t>(*mode & 07777);
  if (header.size < 0) return schemas::fail(ErrorKind::Invalid, "tar entry has a negative size");
  return std::optional<TarHeader>(std::move(header));
}

}  // namespace runtime
