// The parent's half of the floor's container: directories, FIFOs, cgroups, clone3, and the clearing
// away.
#include "bench/floor_container.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "bench/floor_child.hpp"

namespace bench {
namespace {

void write_file(const std::string& path, std::string_view text, int flags) {
  const int file = check(::open(path.c_str(), flags | O_WRONLY | O_CLOEXEC, 0644), path.c_str());
  check(static_cast<int>(::write(file, text.data(), text.size())), path.c_str());
  ::close(file);
}

// Docker's default device rules: nothing but nodes may be made, and the pseudo devices used.
void allow_devices(const std::string& cgroup) {
  write_file(cgroup + "/devices.deny", "a", 0);
  for (const char* rule : {"c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm",
                           "c 1:9 rwm", "c 5:0 rwm", "c 5:2 rwm", "c 136:* rwm"}) {
    write_file(cgroup + "/devices.allow", rule, 0);
  }
}

void make_cgroups(const FloorPlan& plan, FloorContainer& container) {
  for (const auto& hierarchy : plan.v1) {
    const std::string cgroup = hierarchy + "/" + plan.cgroup + "/" + container.name;
    check(::mkdir(cgroup.c_str(), 0755), cgroup.c_str());
    if (hierarchy.ends_with("/devices")) allow_devices(cgroup);
    container.tasks.push_back(
        check(::open((cgroup + "/tasks").c_str(), O_WRONLY | O_CLOEXEC), "tasks"));
  }
  if (plan.v2.empty()) return;
  const std::string cgroup = plan.v2 + "/" + plan.cgroup + "/" + container.name;
  check(::mkdir(cgroup.c_str(), 0755), cgroup.c_str());
  container.cgroup = check(::open(cgroup.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "cgroup");
}

void close_all(std::vector<int>& descriptors) {
  for (const int descriptor : descriptors) ::close(descriptor);
  descriptors.clear();
}

}  // namespace

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

int check(int result, const char* what) {
  if (result < 0) die(what);
  return result;
}

void furnish(const FloorPlan& plan, FloorContainer& container) {
  const std::string& directory = container.directory;
  check(::mkdir(directory.c_str(), 0700), directory.c_str());
  for (const char* name : {"/upper", "/work", "/root", "/etc", "/log"}) {
    check(::mkdir((directory + name).c_str(), 0755), name);
  }
  write_file(directory + "/etc/hosts", "127.0.0.1 localhost\n10.90.0.2 " + container.name + "\n",
             O_CREAT);
  write_file(directory + "/etc/hostname", container.name + "\n", O_CREAT);
  write_file(directory + "/etc/resolv.conf", "nameserver 127.0.0.11\noptions ndots:0\n", O_CREAT);
  for (const char* stream : {"/stdout", "/stderr"}) {
    const std::string fifo = directory + stream;
    check(::mkfifo(fifo.c_str(), 0600), fifo.c_str());
    container.fifos.push_back(check(::open(fifo.c_str(), O_RDWR | O_CLOEXEC), "open fifo"));
  }
  make_cgroups(plan, container);
}

void launch(const FloorPlan& plan, FloorContainer& container) {
  std::array<int, 2> go{};
  std::array<int, 2> report{};
  check(::pipe2(go.data(), O_CLOEXEC), "pipe");
  check(::pipe2(report.data(), O_CLOEXEC), "pipe");
  const int null = check(::open("/dev/null", O_RDWR | O_CLOEXEC), "/dev/null");
  const std::string& directory = container.directory;
  const std::string root = directory + "/root";
  const std::string overlay = "lowerdir=" + plan.image + ",upperdir=" + directory +
                              "/upper,workdir=" + directory + "/work,volatile";
  const std::string hosts = directory + "/etc/hosts";
  const std::string hostname = directory + "/etc/hostname";
  const std::string resolver = directory + "/etc/resolv.conf";
  std::vector<unsigned char> filter = plan.seccomp;
  const ChildPlan child{
      .name = container.name.c_str(),
      .root = root.c_str(),
      .overlay = overlay.c_str(),
      .etc_files = {{hosts.c_str(), "etc/hosts"},
                    {hostname.c_str(), "etc/hostname"},
                    {resolver.c_str(), "etc/resolv.conf"}},
      .tasks = container.tasks.data(),
      .task_count = container.tasks.size(),
      .network = container.network,
      .go = go[0],
      .report = report[1],
      .standard_input = null,
      .standard_output = container.fifos[0],
      .standard_error = container.fifos[1],
      .filter = reinterpret_cast<sock_filter*>(filter.data()),
      .filter_length = static_cast<unsigned short>(filter.size() / sizeof(sock_filter))};
  clone_args arguments{};
  arguments.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<__u64>(&container.pidfd);
  arguments.exit_signal = SIGCHLD;
  if (container.cgroup >= 0) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<__u64>(container.cgroup);
  }
  container.pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
  if (container.pid == 0) run_child(child);
  check(container.pid, "clone3");
  check(static_cast<int>(::write(go[1], "g", 1)), "go");
  for (const int descriptor : {go[0], go[1], report[1], null}) ::close(descriptor);
  container.report = report[0];
}

void await_exec(FloorContainer& container) {
  std::string words;
  std::array<char, 256> buffer{};
  for (ssize_t got = 1; got > 0;) {
    got = ::read(container.report, buffer.data(), buffer.size());
    if (got > 0) words.append(buffer.data(), static_cast<std::size_t>(got));
  }
  if (!words.empty()) {
    std::fprintf(stderr, "%s: %s\n", container.name.c_str(), words.c_str());
    std::exit(1);
  }
  ::close(container.report);
}

void clear_away(const FloorPlan& plan, FloorContainer& container) {
  check(::waitpid(container.pid, nullptr, 0), "waitpid");
  close_all(container.fifos);
  close_all(container.tasks);
  close_all(container.sockets);
  for (const int descriptor : {container.network, container.cgroup, container.pidfd})
    ::close(descriptor);
  for (const auto& hierarchy : plan.v1) {
    check(::rmdir((hierarchy + "/" + plan.cgroup + "/" + container.name).c_str()), "rmdir cgroup");
  }
  if (!plan.v2.empty()) {
    check(::rmdir((plan.v2 + "/" + plan.cgroup + "/" + container.name).c_str()), "rmdir cgroup");
  }
  std::filesystem::remove_all(container.directory);
}

std::vector<unsigned char> compile_seccomp() {
  scmp_filter_ctx const context = ::seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (context == nullptr) die("seccomp_init");
  ::seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  for (int number = 0; number <= 334; ++number) {
    const bool banned =
        number == SYS_reboot || number == SYS_kexec_load || number == SYS_init_module;
    if (!banned) ::seccomp_rule_add(context, SCMP_ACT_ALLOW, number, 0);
  }
  for (int number = 424; number <= 449; ++number)
    ::seccomp_rule_add(context, SCMP_ACT_ALLOW, number, 0);
  const int file = check(::memfd_create("filter", MFD_CLOEXEC), "memfd_create");
  if (::seccomp_export_bpf(context, file) != 0) die("seccomp_export_bpf");
  const auto size = static_cast<std::size_t>(::lseek(file, 0, SEEK_END));
  std::vector<unsigned char> program(size);
  check(static_cast<int>(::pread(file, program.data(), size, 0)), "read the filter");
  ::close(file);
  ::seccomp_release(context);
  return program;
}

}  // namespace bench
