// Where each line of a Trace is read from: /proc, the cgroup tree, rtnetlink and nfnetlink.
#include "tests/support/trace.hpp"

#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <vector>

#include "tests/support/nft_tables.hpp"

namespace tests {
namespace {

namespace fs = std::filesystem;
using Lines = std::set<std::string>;

// Mount point and type; the ids before them differ from mount to mount of the same thing.
void add_mounts(Lines& lines) {
  std::ifstream mountinfo("/proc/self/mountinfo");
  for (std::string line; std::getline(mountinfo, line);) {
    std::istringstream words(line);
    std::vector<std::string> fields{std::istream_iterator<std::string>(words), {}};
    const auto dash = std::ranges::find(fields, "-");
    if (fields.size() < 5 || dash == fields.end() || std::next(dash) == fields.end()) continue;
    lines.insert("mount " + fields[4] + " " + *std::next(dash) + " #" + fields[0]);
  }
}

void add_links(Lines& lines) {
  struct if_nameindex* const links = ::if_nameindex();
  if (links == nullptr) return;
  for (const auto* link = links; link->if_index != 0; ++link) {
    lines.insert("link " + std::to_string(link->if_index) + " " + link->if_name);
  }
  ::if_freenameindex(links);
}

// Every directory below a "tutti" at the top of a hierarchy, v1 and v2 alike.
void add_cgroups(Lines& lines) {
  std::error_code error;
  std::vector<fs::path> tops{"/sys/fs/cgroup"};
  for (const auto& entry : fs::directory_iterator("/sys/fs/cgroup", error)) {
    if (entry.is_directory(error) && !entry.is_symlink(error)) tops.push_back(entry.path());
  }
  for (const auto& top : tops) {
    if (!fs::exists(top / "tutti", error)) continue;
    fs::recursive_directory_iterator walk(top / "tutti", error);
    for (; walk != fs::recursive_directory_iterator(); walk.increment(error)) {
      if (error) break;  // it went away under us: whoever removed it leaves nothing
      if (walk->is_directory(error)) lines.insert("cgroup " + walk->path().string());
    }
  }
}

bool is_number(const std::string& name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) != 0; });
}

void add_processes(Lines& lines) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    std::string pid = entry.path().filename();
    if (!is_number(pid)) continue;
    std::ifstream file(entry.path() / "comm");
    std::string name;
    if (std::getline(file, name)) lines.insert("process " + pid.append(" ").append(name));
  }
}

void add_descriptors(Lines& lines) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd", error)) {
    const std::string target = fs::read_symlink(entry.path(), error).string();
    if (target.starts_with("/proc/")) continue;  // the directory we are reading
    lines.insert("descriptor " + entry.path().filename().string() + " " + target);
  }
}

}  // namespace

Trace take_trace() {
  Trace trace;
  add_mounts(trace.lines);
  add_links(trace.lines);
  add_cgroups(trace.lines);
  add_processes(trace.lines);
  add_descriptors(trace.lines);
  for (const auto& table : nft_tables()) trace.lines.insert("nft table " + table);
  return trace;
}

std::string describe_difference(const Trace& before, const Trace& after) {
  std::string text;
  for (const auto& line : after.lines) {
    if (!before.lines.contains(line)) text += "+ " + line + "\n";
  }
  for (const auto& line : before.lines) {
    if (!after.lines.contains(line)) text += "- " + line + "\n";
  }
  return text;
}

}  // namespace tests
