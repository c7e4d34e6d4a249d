// Reads the records of a PAX extended header.
#include "runtime/image/pax.hpp"

#include <charconv>
#include <utility>

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::Result;

struct Record {
  std::string_view key;
  std::string_view value;
};

// Takes one record off the front of `text`.
Result<Record> take_record(std::string_view& text) {
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || digits >= text.size() || text[digits] != ' ' ||
      length > text.size() || length < digits + 3 || text[length - 1] != '\n') {
    return schemas::fail(ErrorKind::Invalid, "malformed PAX record");
  }
  const std::string_view body = text.substr(digits + 1, length - digits - 2);
  const std::size_t equals = body.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return schemas::fail(ErrorKind::Invalid, "PAX record without a key");
  }
  text.remove_prefix(length);
  return Record{body.substr(0, equals), body.substr(equals + 1)};
}

Result<std::int64_t> whole_number(const Record& record) {
  std::int64_t value = 0;
  const char* last = record.value.data() + record.value.size();
  const auto [end, error] = std::from_chars(record.value.data(), last, value);
  if (error != std::errc{} || end != last || value < 0) {
    return schemas::fail(ErrorKind::Invalid, "PAX {} is not a number", record.key);
  }
  return value;
}

// "1700000000.25", "-1.5"; digits beyond nanoseconds are cut off.
Result<TarTime> time_value(const Record& record) {
  const std::string_view text = record.value;
  TarTime time;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, time.seconds);
  const auto malformed = [&] {
    return schemas::fail(ErrorKind::Invalid, "PAX {} is not a time", record.key);
  };
  if (error != std::errc{}) return malformed();
  if (end == last) return time;
  if (*end != '.') return malformed();
  std::uint32_t scale = 100'000'000;
  for (const char* digit = end + 1; digit != last; ++digit) {
    if (*digit < '0' || *digit > '9') return malformed();
    time.nanoseconds += static_cast<std::uint32_t>(*digit - '0') * scale;
    scale /= 10;
  }
  if (text.front() == '-' && time.nanoseconds != 0) {
    if (time.seconds == INT64_MIN) return malformed();
    time.seconds -= 1;
    time.nanoseconds = 1'000'000'000 - time.nanoseconds;
  }
  return time;
}

Result<> apply_number(std::optional<std::int64_t>& field, const Record& record) {
  if (record.value.empty()) {  // POSIX: an empty value takes an earlier one back
    field.reset();
    return {};
  }
  auto value = whole_number(record);
  if (!value) return pass_up(value);
  field = *value;
  return {};
}

Result<> apply_text(std::optional<std::string>& field, const Record& record) {
  if (record.value.find('\0') != std::string_view::npos) {
    return schemas::fail(ErrorKind::Invalid, "PAX {} has a NUL byte", record.key);
  }
  field.reset();
  if (!record.value.empty()) field = std::string(record.value);
  return {};
}

Result<> apply(PaxOverrides& overrides, const Record& record) {
  constexpr std::string_view kXattr = "SCHILY.xattr.";
  if (record.key == "path") return apply_text(overrides.path, record);
  if (record.key == "linkpath") return apply_text(overrides.link_target, record);
  if (record.key == "size") return apply_number(overrides.size, record);
  if (record.key == "uid") return apply_number(overrides.uid, record);
  if (record.key == "gid") return apply_number(overrides.gid, record);
  if (record.key == "mtime") {
    auto time = time_value(record);
    if (!time) return pass_up(time);
    overrides.modified = *time;
    return {};
  }
  if (record.key.starts_with("GNU.sparse.")) {
    return schemas::fail(ErrorKind::Invalid, "sparse file; pack the archive without --sparse");
  }
  if (record.key.starts_with(kXattr)) {
    const std::string name(record.key.substr(kXattr.size()));
    if (name.empty() || name.size() > 255 || name.find('\0') != std::string::npos) {
      return schemas::fail(ErrorKind::Invalid, "bad name of an extended attribute");
    }
    overrides.xattrs[name] = std::string(record.value);
  }
  return {};
}

}  // namespace

Result<PaxOverrides> read_pax(std::string_view text, PaxOverrides known) {
  while (!text.empty()) {
    auto record = take_record(text);
    if (!record) return pass_up(record);
    auto applied = apply(known, *record);
    if (!applied) return pass_up(applied);
  }
  return known;
}

}  // namespace runtime
