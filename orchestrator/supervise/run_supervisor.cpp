// Putting a supervisor together, and taking it apart when the project is gone.
#include "orchestrator/supervise/run_supervisor.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "network/fabric/resolv_conf.hpp"
#include "orchestrator/keeper/protocol.hpp"
#include "orchestrator/supervise/api_server.hpp"
#include "orchestrator/supervise/dns_names.hpp"
#include "orchestrator/supervise/keeper_holder.hpp"
#include "orchestrator/supervise/keeper_start.hpp"
#include "orchestrator/supervise/supervisor.hpp"
#include "runtime/sys/descriptor_limit.hpp"
#include "runtime/sys/files.hpp"

namespace orchestrator {

using schemas::ErrorKind;
using schemas::Result;

namespace {

// Where the keeper's own death leads: a new keeper with all that we hold, which starts our
// successor.
Result<> replace_keeper(const SuperviseOptions& options, KeeperHolder& holder,
                        std::uint64_t descriptor_limit) {
  auto binary = open_own_binary();
  if (!binary) return pass_up(binary);
  auto started = start_keeper({.layout = {.root = options.root, .run = options.run},
                               .project = options.project,
                               .supervisor = {"tutti", "supervise", "--root", options.root, "--run",
                                              options.run, "--project", options.project.text},
                               .binary = std::move(*binary),
                               .holdings = holder.take_holdings(),
                               .respawn = {},
                               .descriptor_limit = descriptor_limit});
  // Somebody was quicker (an `up` that found no keeper): it takes the project up from its records.
  if (!started && started.error().kind() != ErrorKind::Busy) return pass_up(started);
  return {};
}

std::vector<DnsUpstream> upstreams() {
  std::vector<DnsUpstream> all;
  if (auto text = runtime::read_file("/etc/resolv.conf", 64U << 10U)) {
    for (const schemas::Ipv4Address server : network::read_resolv_conf(*text).servers) {
      all.push_back({.address = server});
    }
  }
  return all;
}

constexpr const char* kSocketName = "socket";

bool is_keeper_file(const std::string& name) {
  return name == kLockName || name == kIdentityName || name == kExitsName || name == kOldExitsName;
}

// Removes the project's files while the keeper's lock still keeps another `up` out of them. The
// keeper's own files are left to it. After a stop the records stay, for `ps -a` and the next `up`.
Result<> remove_files(const runtime::StateLayout& layout, const schemas::ProjectName& project,
                      Goal goal) {
  auto run = runtime::open_directory(layout.project_run(project));
  if (!run) return pass_up(run);
  if (goal != Goal::Gone) return runtime::remove_tree_at(*run, kSocketName);
  if (auto projects = runtime::open_directory(layout.root + "/projects")) {
    if (auto removed = runtime::remove_tree_at(*projects, project.text); !removed) {
      return pass_up(removed);
    }
  }
  auto names = runtime::list_directory(*run);
  if (!names) return pass_up(names);
  for (const std::string& name : *names) {
    if (is_keeper_file(name)) continue;
    if (auto removed = runtime::remove_tree_at(*run, name); !removed) return pass_up(removed);
  }
  return {};
}

Result<> supervise(const SuperviseOptions& options) {
  const runtime::StateLayout layout{.root = options.root, .run = options.run};
  const schemas::KernelNames names{.instance = schemas::instance_of(options.run),
                                   .project = options.project};
  // About a dozen descriptors a container: the usual 1024 would end at a hundred of them.
  const std::uint64_t descriptor_limit = runtime::raise_descriptor_limit();
  auto client = KeeperClient::inherit();
  if (!client) return pass_up(client);
  auto holder = KeeperHolder::take_over(std::move(*client));
  if (!holder) return pass_up(holder);
  auto journal = EventJournal::open(layout, options.project);
  if (!journal) return pass_up(journal);

  EventLoop loop;
  DnsServer dns_server(loop.context(), upstreams());
  DnsNames dns(dns_server);
  auto world =
      KernelWorld::open(layout, names, *holder, dns, holder->copy_held(), descriptor_limit);
  if (!world) return pass_up(world, "take up {}", options.project);

  bool keeper_gone = false;
  loop.watch((*world)->wakeups().get(), [&loop] { loop.wake(); });
  loop.watch(holder->client().descriptor().get(), [&] {
    auto news = holder->client().receive();
    if (!news) {
      keeper_gone = true;
    } else {
      for (const KeeperNews& each : *news) {
        if (std::holds_alternative<KeeperGone>(each)) keeper_gone = true;
      }
      (*world)->look_at_journal();
    }
    loop.wake();
  });

  Supervisor supervisor({.layout = layout,
                         .names = names,
                         .loop = loop,
                         .world = **world,
                         .journal = *journal,
                         .dns = dns});
  if (auto resumed = supervisor.resume(); !resumed) return pass_up(resumed);
  auto socket = create_api_socket(layout.socket(options.project));
  if (!socket) return pass_up(socket);
  ApiServer api(loop.context(), std::move(*socket), supervisor);
  auto ended = supervisor.run(keeper_gone);
  if (!ended) return pass_up(ended);
  if (keeper_gone) return replace_keeper(options, *holder, descriptor_limit);

  auto removed = remove_files(layout, options.project, supervisor.goal().value_or(Goal::Gone));
  // The keeper lets go of its descriptors (network namespaces die) and removes its own files.
  auto stopped = holder->client().stop();
  // Fails when another `up` has begun in the directory meanwhile, or records are kept: as it
  // should.
  ::rmdir(layout.project_run(options.project).c_str());
  ::rmdir(layout.run.c_str());
  supervisor.settle_goal(!stopped   ? stopped.error().text()
                         : !removed ? removed.error().text()
                                    : std::string());
  return {};
}

}  // namespace

int run_supervisor(const SuperviseOptions& options) {
  ::signal(SIGPIPE, SIG_IGN);
  // Every file gets its mode from whoever makes it; what containers look into (volumes, created
  // bind sources) is 0755, as users know it.
  ::umask(022);
  auto done = supervise(options);
  if (done) return 0;
  fmt::print(stderr, "tutti supervisor of {}: {}\n", options.project, done.error().text());
  return 1;
}

}  // namespace orchestrator
