// The floor: only the kernel's work for N containers, up and down, as the measure that tutti is
// held against.
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/floor_container.hpp"
#include "bench/floor_network.hpp"

namespace bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Times {
  double up_ms;
  double down_ms;
};

double since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

// The hierarchies that tutti uses: v1 controllers where they are mounted, v2 wherever it is.
void find_hierarchies(FloorPlan& plan) {
  for (const char* controller : {"memory", "pids", "cpu", "devices"}) {
    const std::string path = std::string("/sys/fs/cgroup/") + controller;
    if (fs::exists(path + "/tasks")) plan.v1.push_back(path);
  }
  for (const char* path : {"/sys/fs/cgroup/unified", "/sys/fs/cgroup"}) {
    if (plan.v2.empty() && fs::exists(std::string(path) + "/cgroup.controllers")) plan.v2 = path;
  }
}

void for_each_hierarchy(const FloorPlan& plan, auto action) {
  for (const auto& hierarchy : plan.v1) action(hierarchy + "/" + plan.cgroup);
  if (!plan.v2.empty()) action(plan.v2 + "/" + plan.cgroup);
}

// One layer with a static busybox, as an image store would have it unpacked.
void make_image(const std::string& image) {
  for (const char* folder : {"bin", "proc", "sys", "dev", "etc", "tmp"}) {
    fs::create_directories(image + "/" + folder);
  }
  fs::copy_file("/bin/busybox", image + "/bin/busybox");
  for (const char* name : {"hosts", "hostname", "resolv.conf"}) {
    std::fclose(std::fopen((image + "/etc/" + name).c_str(), "w"));
  }
}

Times measure(const FloorPlan& plan, unsigned count, unsigned run) {
  FloorNetwork network(run);
  std::vector<FloorContainer> containers(count);
  const auto up = Clock::now();
  for_each_hierarchy(plan,
                     [](const std::string& path) { check(::mkdir(path.c_str(), 0755), "mkdir"); });
  network.create_bridge();
  for (unsigned number = 1; number <= count; ++number) {
    FloorContainer& container = containers[number - 1];
    container.name = "web-" + std::to_string(number);
    container.directory = plan.base + "/" + container.name;
    auto joined = network.join(number);
    container.network = joined.network;
    container.sockets = std::move(joined.sockets);
    furnish(plan, container);
    launch(plan, container);
  }
  for (auto& container : containers) await_exec(container);
  const double up_ms = since(up);

  const auto down = Clock::now();
  for (auto& container : containers) {
    check(static_cast<int>(::syscall(SYS_pidfd_send_signal, container.pidfd, SIGKILL, nullptr, 0)),
          "kill");
  }
  for (auto& container : containers) clear_away(plan, container);
  network.discard_bridge();
  for_each_hierarchy(plan, [](const std::string& path) { check(::rmdir(path.c_str()), "rmdir"); });
  return {up_ms, since(down)};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// Some runs of one size; each in a fresh directory (ext4 punishes re-creation after rm -rf).
void report(FloorPlan plan, unsigned count, unsigned runs, unsigned& run_number) {
  const std::string base = plan.base;
  std::vector<double> up;
  std::vector<double> down;
  for (unsigned run = 0; run < runs; ++run, ++run_number) {
    plan.base = base + "/run" + std::to_string(run_number);
    fs::create_directories(plan.base);
    const Times times = measure(plan, count, run_number);
    up.push_back(times.up_ms);
    down.push_back(times.down_ms);
  }
  std::printf("%u %.2f %.2f\n", count, median(up), median(down));
  std::fflush(stdout);
}

void allow_many_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace
}  // namespace bench

// floor DIRECTORY RUNS N...: prints "N up-ms down-ms" (medians), a line for each N.
int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: floor DIRECTORY RUNS N...\n");
    return 2;
  }
  bench::allow_many_descriptors();
  bench::check(::unshare(CLONE_NEWNET), "a network namespace of our own");
  bench::FloorPlan plan;
  plan.base = argv[1];
  plan.image = plan.base + "/image";
  plan.cgroup = "floor-" + std::to_string(::getpid());
  plan.seccomp = bench::compile_seccomp();
  bench::find_hierarchies(plan);
  bench::make_image(plan.image);
  unsigned run_number = 0;
  for (int argument = 3; argument < argc; ++argument) {
    bench::report(plan, static_cast<unsigned>(std::atoi(argv[argument])),
                  static_cast<unsigned>(std::atoi(argv[2])), run_number);
  }
  return 0;
}
