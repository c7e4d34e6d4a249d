// From a port to a socket's inode (/proc/net/tcp), from the inode to a process (/proc/<pid>/fd).
#include "network/fabric/port_holder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>

namespace network {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// "0100007F:1F90": the port is what follows the colon.
bool has_port(const std::string& local, std::uint16_t port) {
  const std::size_t colon = local.rfind(':');
  if (colon == std::string::npos) return false;
  unsigned found = 0;
  const char* first = local.data() + colon + 1;
  const auto read = std::from_chars(first, local.data() + local.size(), found, 16);
  return read.ec == std::errc{} && found == port;
}

// Inodes of the sockets that occupy the port, of whatever address: a text for the user may be
// rough.
void collect_inodes(const char* table, std::uint16_t port, std::string_view state,
                    std::set<std::string>& inodes) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::array<std::string, 10> fields;
    for (std::string& field : fields) words >> field;
    if (fields[3] == state && has_port(fields[1], port)) inodes.insert(fields[9]);
  }
}

bool holds_one_of(const std::string& pid, const std::set<std::string>& inodes) {
  const std::string path = "/proc/" + pid + "/fd";
  const Directory directory(::opendir(path.c_str()));
  if (!directory) return false;
  while (const dirent* entry = ::readdir(directory.get())) {
    std::array<char, 64> target{};
    const ssize_t size =
        ::readlinkat(::dirfd(directory.get()), entry->d_name, target.data(), target.size());
    const std::string_view text(target.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    if (!text.starts_with("socket:[") || !text.ends_with(']')) continue;
    if (inodes.contains(std::string(text.substr(8, text.size() - 9)))) return true;
  }
  return false;
}

}  // namespace

std::optional<PortHolder> find_port_holder(const schemas::PublishedPort& port) {
  const bool is_tcp = port.transport == schemas::Transport::Tcp;
  std::set<std::string> inodes;
  // States of include/net/tcp_states.h: TCP_LISTEN is 0A, an unconnected UDP socket 07.
  for (const char* table : is_tcp ? std::array{"/proc/net/tcp", "/proc/net/tcp6"}
                                  : std::array{"/proc/net/udp", "/proc/net/udp6"})
    collect_inodes(table, port.host_port, is_tcp ? "0A" : "07", inodes);
  if (inodes.empty()) return std::nullopt;

  const Directory processes(::opendir("/proc"));
  if (!processes) return std::nullopt;
  while (const dirent* entry = ::readdir(processes.get())) {
    const std::string name = entry->d_name;
    pid_t pid = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (read.ec != std::errc{} || read.ptr != name.data() + name.size()) continue;
    if (!holds_one_of(name, inodes)) continue;
    std::string command;
    std::ifstream file("/proc/" + name + "/comm");
    std::getline(file, command);
    return PortHolder{.pid = pid, .command = std::move(command)};
  }
  return std::nullopt;
}

}  // namespace network
