// Reads passwd(5) and group(5) line by line and decides who "name:group" is.
#include "runtime/container/user.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace runtime {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Result;

namespace {

constexpr std::uint64_t kLargestId = 2147483647;

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::uint32_t> read_id(std::string_view text) {
  if (!is_digits(text)) return std::nullopt;
  std::uint64_t value = 0;
  for (const char digit : text) {
    value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    if (value > kLargestId) return std::nullopt;
  }
  return static_cast<std::uint32_t>(value);
}

// The next piece up to `separator`, which is cut off `text` together with it.
std::string_view cut(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return piece;
}

struct PasswdEntry {
  std::string_view name;
  std::uint32_t uid{0};
  std::uint32_t gid{0};
  std::string_view home;
};

std::optional<PasswdEntry> read_passwd_line(std::string_view line) {
  const std::string_view name = cut(line, ':');
  cut(line, ':');
  const auto uid = read_id(cut(line, ':'));
  const auto gid = read_id(cut(line, ':'));
  cut(line, ':');
  const std::string_view home = cut(line, ':');
  if (name.empty() || !uid || !gid) return std::nullopt;
  return PasswdEntry{.name = name, .uid = *uid, .gid = *gid, .home = home};
}

template <typename Matches>
std::optional<PasswdEntry> find_passwd(std::string_view passwd, Matches matches) {
  while (!passwd.empty())
    if (const auto entry = read_passwd_line(cut(passwd, '\n')); entry && matches(*entry))
      return entry;
  return std::nullopt;
}

struct GroupEntry {
  std::string_view name;
  std::uint32_t gid{0};
  std::string_view members;
};

std::optional<GroupEntry> read_group_line(std::string_view line) {
  const std::string_view name = cut(line, ':');
  cut(line, ':');
  const auto gid = read_id(cut(line, ':'));
  if (name.empty() || !gid) return std::nullopt;
  return GroupEntry{.name = name, .gid = *gid, .members = line};
}

bool has_member(std::string_view members, std::string_view name) {
  while (!members.empty())
    if (cut(members, ',') == name) return true;
  return false;
}

Result<std::uint32_t> resolve_group(std::string_view text, std::string_view group) {
  if (is_digits(text)) {
    const auto gid = read_id(text);
    if (!gid) return fail(ErrorKind::Invalid, "group {} is larger than {}", text, kLargestId);
    return *gid;
  }
  while (!group.empty())
    if (const auto entry = read_group_line(cut(group, '\n')); entry && entry->name == text)
      return entry->gid;
  return fail(ErrorKind::NotFound, "there is no group {} in the image's /etc/group", text);
}

void add_memberships(ProcessUser& user, std::string_view name, std::string_view group) {
  while (!group.empty()) {
    const auto entry = read_group_line(cut(group, '\n'));
    if (entry && has_member(entry->members, name)) user.groups.push_back(entry->gid);
  }
}

}  // namespace

Result<ProcessUser> resolve_user(std::string_view user, std::string_view passwd,
                                 std::string_view group) {
  const std::size_t colon = user.find(':');
  const std::string_view who = user.empty() ? "0" : user.substr(0, colon);
  const bool has_group = colon != std::string_view::npos;
  const std::string_view group_text = has_group ? user.substr(colon + 1) : std::string_view();
  if (who.empty() || (has_group && group_text.empty()))
    return fail(ErrorKind::Invalid, "user \"{}\" must be name, uid, name:group or uid:gid", user);

  ProcessUser found;
  std::optional<PasswdEntry> entry;
  if (is_digits(who)) {
    const auto uid = read_id(who);
    if (!uid) return fail(ErrorKind::Invalid, "user {} is larger than {}", who, kLargestId);
    found.uid = *uid;
    entry = find_passwd(passwd, [&](const PasswdEntry& line) { return line.uid == *uid; });
  } else {
    entry = find_passwd(passwd, [&](const PasswdEntry& line) { return line.name == who; });
    if (!entry)
      return fail(ErrorKind::NotFound, "there is no user {} in the image's /etc/passwd", who);
    found.uid = entry->uid;
  }
  if (entry) {
    found.gid = entry->gid;
    if (!entry->home.empty()) found.home = entry->home;
  }
  if (has_group) {
    auto gid = resolve_group(group_text, group);
    if (!gid) return pass_up(gid);
    found.gid = *gid;
  } else if (entry) {
    add_memberships(found, entry->name, group);
  }
  // CVE-2022-36109: a primary group that is missing here would slip past group-deny permissions.
  found.groups.push_back(found.gid);
  std::sort(found.groups.begin(), found.groups.end());
  found.groups.erase(std::unique(found.groups.begin(), found.groups.end()), found.groups.end());
  return found;
}

}  // namespace runtime
