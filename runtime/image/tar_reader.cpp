// Takes a tar archive apart, entry by entry, within limits.
#include "runtime/image/tar_reader.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Result;

bool is_extended(char type) { return type == 'x' || type == 'g' || type == 'L' || type == 'K'; }

std::optional<TarType> type_of(const TarHeader& header, const std::string& path) {
  switch (header.type) {
    case '\0':
    case '0':
    case '7':  // before POSIX a directory was a file whose name ends in a slash
      return path.ends_with('/') ? TarType::Directory : TarType::File;
    case '1':
      return TarType::HardLink;
    case '2':
      return TarType::Symlink;
    case '3':
      return TarType::CharacterDevice;
    case '4':
      return TarType::BlockDevice;
    case '5':
      return TarType::Directory;
    case '6':
      return TarType::Fifo;
    default:
      return std::nullopt;
  }
}

std::uint64_t padding_of(std::uint64_t size) { return (kTarBlock - size % kTarBlock) % kTarBlock; }

// 2^32 - 1 means "leave it" to chown(2), so it is no owner either.
Result<std::uint32_t> small_number(std::int64_t value, const char* what) {
  if (value < 0 || value >= std::numeric_limits<std::uint32_t>::max()) {
    return fail(ErrorKind::Invalid, "{} {} is out of range", what, value);
  }
  return static_cast<std::uint32_t>(value);
}

Result<> check_path(const std::string& path, const TarLimits& limits) {
  if (path.empty()) return fail(ErrorKind::Invalid, "entry without a name");
  if (path.size() > limits.path) return fail(ErrorKind::Invalid, "path is too long");
  const auto slashes = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
  if (slashes > limits.depth) return fail(ErrorKind::Invalid, "path is too deep");
  return {};
}

std::string without_trailing_nul(std::string text) {
  const std::size_t nul = text.find('\0');
  if (nul != std::string::npos) text.resize(nul);
  return text;
}

}  // namespace

Result<> TarReader::feed(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    Result<> done;
    switch (state_) {
      case State::Ended:
        return {};
      case State::Header:
        bytes = take_block(bytes);
        if (filled_ == kTarBlock) done = on_header();
        break;
      case State::Extended:
        bytes = take_extended(bytes);
        if (remaining_ == 0) done = on_extended();
        break;
      case State::Data:
        done = pass_data(bytes);
        break;
      case State::Padding: {
        const auto size = std::min<std::uint64_t>(padding_, bytes.size());
        bytes = bytes.subspan(size);
        padding_ -= size;
        if (padding_ == 0) state_ = State::Header;
        break;
      }
    }
    if (!done) {
      if (path_.empty()) return pass_up(done);
      return pass_up(done, "entry {:?}", std::string_view(path_).substr(0, 300));
    }
  }
  return {};
}

Result<> TarReader::finish() {
  if (state_ != State::Ended) return fail(ErrorKind::Invalid, "archive is cut short");
  return {};
}

std::span<const std::byte> TarReader::take_block(std::span<const std::byte> bytes) {
  const std::size_t size = std::min(bytes.size(), kTarBlock - filled_);
  std::copy_n(bytes.begin(), size, block_.begin() + static_cast<std::ptrdiff_t>(filled_));
  filled_ += size;
  return bytes.subspan(size);
}

std::span<const std::byte> TarReader::take_extended(std::span<const std::byte> bytes) {
  const auto size = std::min<std::uint64_t>(remaining_, bytes.size());
  extended_.append(reinterpret_cast<const char*>(bytes.data()), size);
  remaining_ -= size;
  return bytes.subspan(size);
}

Result<> TarReader::on_header() {
  filled_ = 0;
  path_.clear();
  auto header = read_tar_header(block_);
  if (!header) return pass_up(header);
  if (!*header) {
    if (pending_) return fail(ErrorKind::Invalid, "extended header without an entry");
    state_ = State::Ended;
    return {};
  }
  if (!is_extended((*header)->type)) return on_member(std::move(**header));

  const auto size = static_cast<std::uint64_t>((*header)->size);
  if (size > limits_.extended) return fail(ErrorKind::Invalid, "extended header is too large");
  // They count as entries: a file of nothing but headers must end too.
  if (++entries_ > limits_.entries) return fail(ErrorKind::Invalid, "too many entries");
  extended_type_ = (*header)->type;
  extended_.clear();
  remaining_ = size;
  padding_ = padding_of(size);
  state_ = State::Extended;
  return remaining_ == 0 ? on_extended() : Result<>{};
}

Result<> TarReader::on_extended() {
  state_ = padding_ == 0 ? State::Header : State::Padding;
  std::string text = std::exchange(extended_, {});
  pending_ = pending_ || extended_type_ != 'g';
  if (extended_type_ == 'L') {
    next_.path = without_trailing_nul(std::move(text));
    return {};
  }
  if (extended_type_ == 'K') {
    next_.link_target = without_trailing_nul(std::move(text));
    return {};
  }
  PaxOverrides& target = extended_type_ == 'g' ? global_ : next_;
  auto overrides = read_pax(text, std::move(target));
  if (!overrides) return pass_up(overrides);
  target = std::move(*overrides);
  return {};
}

Result<> TarReader::on_member(TarHeader header) {
  path_ = next_.path.value_or(header.path);
  auto entry = resolve(std::move(header));
  next_ = {};
  pending_ = false;
  if (!entry) return pass_up(entry);
  if (++entries_ > limits_.entries) return fail(ErrorKind::Invalid, "too many entries");
  if (entry->size > limits_.bytes - bytes_) return fail(ErrorKind::Invalid, "archive is too large");
  bytes_ += entry->size;
  remaining_ = entry->size;
  padding_ = padding_of(remaining_);
  auto begun = sink_.begin(*entry);
  if (!begun) return pass_up(begun);
  if (remaining_ == 0) return end_member();
  state_ = State::Data;
  return {};
}

Result<TarEntry> TarReader::resolve(TarHeader header) {
  const auto chosen = [&](auto member, auto of_header) {
    if (next_.*member) return *(next_.*member);
    if (global_.*member) return *(global_.*member);
    return of_header;
  };
  TarEntry entry;
  entry.path = next_.path.value_or(std::move(header.path));
  if (auto checked = check_path(entry.path, limits_); !checked) return pass_up(checked);
  const auto type = type_of(header, entry.path);
  if (!type) {
    return fail(ErrorKind::Invalid, "unknown kind of entry 0x{:02x}",
                static_cast<unsigned char>(header.type));
  }
  entry.type = *type;
  entry.link_target = next_.link_target.value_or(std::move(header.link_target));
  const bool is_link = entry.type == TarType::HardLink || entry.type == TarType::Symlink;
  if (is_link && (entry.link_target.empty() || entry.link_target.size() >= limits_.path)) {
    return fail(ErrorKind::Invalid, "link target is empty or too long");
  }
  auto uid = small_number(chosen(&PaxOverrides::uid, header.uid), "uid");
  if (!uid) return pass_up(uid);
  auto gid = small_number(chosen(&PaxOverrides::gid, header.gid), "gid");
  if (!gid) return pass_up(gid);
  auto major = small_number(header.device_major, "device number");
  if (!major) return pass_up(major);
  auto minor = small_number(header.device_minor, "device number");
  if (!minor) return pass_up(minor);
  entry.mode = header.mode;
  entry.uid = *uid;
  entry.gid = *gid;
  entry.device_major = *major;
  entry.device_minor = *minor;
  entry.modified = chosen(&PaxOverrides::modified, TarTime{header.modified, 0});
  entry.xattrs = std::move(next_.xattrs);
  // Only files carry data; writers disagree about the size field of the other kinds.
  if (entry.type == TarType::File) {
    entry.size = static_cast<std::uint64_t>(chosen(&PaxOverrides::size, header.size));
  }
  return entry;
}

Result<> TarReader::pass_data(std::span<const std::byte>& bytes) {
  const auto size = std::min<std::uint64_t>(remaining_, bytes.size());
  auto taken = sink_.data(bytes.first(size));
  if (!taken) return pass_up(taken);
  bytes = bytes.subspan(size);
  remaining_ -= size;
  return remaining_ == 0 ? end_member() : Result<>{};
}

Result<> TarReader::end_member() {
  state_ = padding_ == 0 ? State::Header : State::Padding;
  return sink_.end();
}

}  // namespace runtime
