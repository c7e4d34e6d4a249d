// How a walk commands the binary and looks at what is then true: ps, /proc, sockets, links.
#include "tests/walk/stack.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/archive.hpp"

namespace tests {
namespace {

namespace fs = std::filesystem;

// The value of a key in one line of JSON; our own output is regular enough for that.
std::string field(const std::string& line, const std::string& key) {
  const std::regex pattern("\"" + key + "\": *(\"([^\"]*)\"|(-?[0-9]+))");
  std::smatch match;
  if (!std::regex_search(line, match, pattern)) return "";
  return match[2].matched ? match[2].str() : match[3].str();
}

std::string read_text(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool is_pid(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

Home::Home() {
  const std::string archive = directory_.write("box.tar", busybox_archive());
  const auto imported = tests::run(
      {tutti_binary(), "--root", root(), "--run", run(), "image", "import", archive, "box:latest"});
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
}

Stack::Stack(const Home& home, std::string project, std::string_view compose)
    : home_(home), project_(std::move(project)) {
  write(compose);
  directory_.write("www/index.html", "hello from " + project_ + "\n");
}

Stack::Stack(const Home& home, std::string project) : home_(home), project_(std::move(project)) {
  const std::string examples = std::string(SOURCE_DIRECTORY) + "/examples";
  fs::copy(examples + "/" + project_, directory_.path(), fs::copy_options::recursive);
  const auto built = run({examples + "/images/build", tutti_binary(), "--root", home_.root(),
                          "--run", home_.run(), project_},
                         "", std::chrono::seconds(120));
  EXPECT_EQ(built.exit_code, 0) << built.err;
}

Stack::~Stack() {
  const auto down = tutti({"down", "-v", "-t", "0"});
  EXPECT_EQ(down.exit_code, 0) << down.err;
  EXPECT_FALSE(fs::exists(home_.run() + "/" + project_))
      << "files under the run directory are left";
}

void Stack::write(std::string_view compose) const { directory_.write("compose.yaml", compose); }

Words Stack::command(const Words& words) const {
  Words all{tutti_binary(), "--root", home_.root(), "--run", home_.run(), "-p", project_};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

Finished Stack::tutti(const Words& words) const { return run(command(words), directory()); }

std::vector<Listed> Stack::ps() const {
  std::vector<Listed> containers;
  std::istringstream lines(tutti({"ps", "-a", "--format", "json"}).out);
  for (std::string line; std::getline(lines, line);) {
    const std::string pid = field(line, "Pid");
    containers.push_back({.name = field(line, "Name"),
                          .service = field(line, "Service"),
                          .state = field(line, "State"),
                          .health = field(line, "Health"),
                          .pid = pid.empty() ? 0 : std::stoi(pid)});
  }
  return containers;
}

std::optional<Listed> Stack::find(std::string_view service) const {
  const auto containers = ps();
  const auto found = std::ranges::find(containers, service, &Listed::service);
  if (found == containers.end()) return std::nullopt;
  return *found;
}

pid_t Stack::pid_of(std::string_view service) const {
  const auto listed = find(service);
  return listed && listed->state == "running" ? listed->pid : 0;
}

std::string tutti_binary() {
  const char* chosen = std::getenv("TUTTI_BINARY");
  return chosen != nullptr ? chosen : BUILT_TUTTI;
}

std::optional<std::string> fetch(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval second{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  constexpr std::string_view kRequest = "GET / HTTP/1.0\r\n\r\n";
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      ::send(socket, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) > 0) {
    std::array<char, 4096> buffer{};
    for (ssize_t got = 1; got > 0;) {
      got = ::recv(socket, buffer.data(), buffer.size(), 0);
      if (got > 0) answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  ::close(socket);
  const std::size_t body = answer.find("\r\n\r\n");
  if (body == std::string::npos) return std::nullopt;
  return answer.substr(body + 4);
}

std::set<pid_t> find_processes(std::string_view words) {
  std::set<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    if (!is_pid(pid)) continue;
    std::string line = read_text(entry.path() / "cmdline");
    std::ranges::replace(line, '\0', ' ');
    if (line.contains(words)) found.insert(std::stoi(pid));
  }
  return found;
}

std::set<pid_t> find_supervisors(std::string_view project) {
  // The keeper carries the supervisor's words behind its own name: the line must begin with them.
  std::set<pid_t> found;
  for (const pid_t pid : find_processes("tutti supervise ")) {
    std::string line = read_text("/proc/" + std::to_string(pid) + "/cmdline");
    std::ranges::replace(line, '\0', ' ');
    if (line.starts_with("tutti supervise ") &&
        line.ends_with("--project " + std::string(project) + " ")) {
      found.insert(pid);
    }
  }
  return found;
}

std::optional<pid_t> find_supervisor(const Stack& stack) {
  const auto found = find_supervisors(stack.project());
  return found.empty() ? std::nullopt : std::optional(*found.begin());
}

std::optional<pid_t> find_keeper(const Stack& stack, const Home& home) {
  std::ifstream file(home.run() + "/" + stack.project() + "/keeper");
  pid_t pid = 0;
  if (!(file >> pid)) return std::nullopt;
  return pid;
}

long pss_kilobytes(pid_t pid) {
  std::ifstream rollup("/proc/" + std::to_string(pid) + "/smaps_rollup");
  for (std::string line; std::getline(rollup, line);) {
    if (line.starts_with("Pss:")) return std::stol(line.substr(4));
  }
  return 0;
}

std::vector<std::string> links(std::string_view prefix) {
  std::vector<std::string> names;
  struct if_nameindex* const all = ::if_nameindex();
  for (const auto* link = all; link != nullptr && link->if_index != 0; ++link) {
    if (std::string_view(link->if_name).starts_with(prefix)) names.emplace_back(link->if_name);
  }
  ::if_freenameindex(all);
  return names;
}

// busybox's httpd as pid 1 ignores SIGTERM, hence the stop signal.
std::string hello_compose(int port) {
  return R"(services:
  web:
    image: box:latest
    command: ["httpd", "-f", "-p", "8080", "-h", "/www"]
    volumes: ["./www:/www:ro"]
    ports: ["127.0.0.1:)" +
         std::to_string(port) + R"(:8080"]
    restart: always
    stop_signal: SIGKILL
    healthcheck:
      test: ["CMD", "wget", "-q", "-O", "-", "http://127.0.0.1:8080/"]
      interval: 60s
      start_period: 10s
      start_interval: 50ms
  talker:
    image: box:latest
    command: ["sh", "-c", "echo talker speaks; exec sleep 86400"]
    restart: always
    stop_signal: SIGKILL
    depends_on:
      web: {condition: service_healthy}
)";
}

}  // namespace tests
