// PAX extended headers: "<length> <key>=<value>\n" records that override a tar header. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/vocabulary/error.hpp"

namespace runtime {

// A moment with a fraction; `nanoseconds` is 0 to 999999999 also before 1970.
struct TarTime {
  std::int64_t seconds{0};
  std::uint32_t nanoseconds{0};
  friend bool operator==(const TarTime&, const TarTime&) = default;
};

// What a PAX header says that we use; the rest (comments, user names, ...) is left out.
struct PaxOverrides {
  std::optional<std::string> path;
  std::optional<std::string> link_target;
  std::optional<std::int64_t> size;
  std::optional<std::int64_t> uid;
  std::optional<std::int64_t> gid;
  std::optional<TarTime> modified;
  std::map<std::string, std::string> xattrs;
};

// Adds the records of `text` to `known`. Invalid when a record is malformed, or when it announces a
// sparse file: that is refused, since nobody packs layers so.
[[nodiscard]] schemas::Result<PaxOverrides> read_pax(std::string_view text, PaxOverrides known);

}  // namespace runtime
