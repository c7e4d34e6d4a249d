// Prepares a start, clones the child, and hands back what the caller must hold.
#include "runtime/container/launch.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "runtime/container/child.hpp"
#include "runtime/container/create.hpp"
#include "runtime/container/image_files.hpp"
#include "runtime/container/launch_plan.hpp"
#include "runtime/sys/files.hpp"

namespace runtime {

using schemas::ContainerConfig;
using schemas::ErrorKind;
using schemas::fail;
using schemas::NetworkMode;
using schemas::os_error;
using schemas::Result;

namespace {

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

Result<Pipe> create_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) return os_error(errno, "create a pipe");
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Result<MountPoint> kind_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) < 0) return os_error(errno, "{}", path);
  return S_ISDIR(status.st_mode) ? MountPoint::Directory : MountPoint::File;
}

// A socket, since a write to it can be kept from raising SIGPIPE when the child has failed early.
Result<Pipe> create_gate() {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) < 0)
    return os_error(errno, "create a socket pair");
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

// What each kind of mount has for a source; absent ones are made or refused, as the user asked.
struct SourceOf {
  const StateLayout& layout;

  Result<MountPoint> operator()(const schemas::BindMount& mount) const {
    auto kind = kind_of(mount.source);
    if (kind || kind.error().kind() != ErrorKind::NotFound) return kind;
    if (mount.missing == schemas::MissingSource::Refuse)
      return fail(ErrorKind::NotFound,
                  "bind source {} does not exist; create it, or allow it with create_host_path",
                  mount.source);
    auto made = ensure_directory(mount.source, 0755);
    if (!made) return pass_up(made, "bind source");
    return MountPoint::Directory;
  }
  Result<MountPoint> operator()(const schemas::VolumeMount& mount) const {
    auto kind = kind_of(layout.volume_data(mount.volume));
    if (!kind) return pass_up(kind, "volume {}", mount.volume);
    return kind;
  }
  Result<MountPoint> operator()(const schemas::TmpfsMount&) const { return MountPoint::Directory; }
  Result<MountPoint> operator()(const schemas::FileMount&) const { return MountPoint::File; }
};

Result<ProcessUser> find_user(const ContainerConfig& config, const StateLayout& layout,
                              const std::string& place) {
  std::vector<std::string> directories{place + "/upper"};
  for (auto layer = config.layers.rbegin(); layer != config.layers.rend(); ++layer)
    directories.push_back(layout.layers() + "/" + layer->hex);
  auto passwd = read_image_file(directories, "etc/passwd");
  if (!passwd) return pass_up(passwd);
  auto group = read_image_file(directories, "etc/group");
  if (!group) return pass_up(group);
  return resolve_user(config.user, *passwd, *group);
}

Result<LaunchPlan> make_plan(const LaunchRequest& request, const HostFacts& host,
                             const std::string& place) {
  const ContainerConfig& config = request.record.config;
  LaunchFacts facts;
  for (const schemas::MountConfig& mount : config.mounts) {
    auto kind = std::visit(SourceOf{request.layout}, mount);
    if (!kind) return pass_up(kind);
    facts.sources.push_back(*kind);
  }
  auto user = find_user(config, request.layout, place);
  if (!user) return pass_up(user);
  facts.user = std::move(*user);
  return plan_launch(config, request.layout, request.names.project, facts, host);
}

// A volatile overlay that was mounted before refuses to be mounted again (overlayfs.rst, "Volatile
// mount"): after a crash of the host its upper layer may lack the last seconds, which a restarted
// container must bear as it would any other file system's loss.
Result<> forgive_volatile(const std::string& place) {
  auto work = open_directory(place + "/work/work");
  if (!work) {
    if (work.error().kind() == ErrorKind::NotFound) return {};
    return pass_up(work);
  }
  return remove_tree_at(*work, "incompat");
}

// Both ends of one output stream. Read and write for both: a FIFO that always has a reader and a
// writer neither kills its writer (SIGPIPE) nor ends for its reader.
struct OutputStream {
  FileDescriptor container;
  FileDescriptor mover;
};

Result<OutputStream> open_stream(const FileDescriptor& directory, const char* name,
                                 const ProcessUser& user) {
  if (::mkfifoat(directory.get(), name, 0600) < 0 && errno != EEXIST)
    return os_error(errno, "create FIFO {}", name);
  OutputStream stream;
  stream.mover =
      FileDescriptor(::openat(directory.get(), name, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
  stream.container =
      FileDescriptor(::openat(directory.get(), name, O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!stream.mover || !stream.container) return os_error(errno, "open FIFO {}", name);
  // The container's user must be able to open /dev/stdout, which leads here.
  if (::fchown(stream.container.get(), user.uid, user.gid) < 0)
    return os_error(errno, "give FIFO {} to user {}", name, user.uid);
  return stream;
}

std::vector<CgroupViewPart> cgroup_view(const CgroupHost& host, const std::string& path) {
  std::vector<CgroupViewPart> parts;
  for (const CgroupHierarchy& hierarchy : host.legacy)
    parts.push_back({hierarchy.controllers, hierarchy.directory + "/" + path});
  return parts;
}

bool wants_fresh_network(const LaunchRequest& request) {
  return request.network_namespace == nullptr &&
         request.record.config.network_mode != NetworkMode::Host;
}

std::uint64_t clone_flags(const LaunchRequest& request) {
  std::uint64_t flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC;
  if (wants_fresh_network(request)) flags |= CLONE_NEWNET;
  if (request.parentage == Parentage::Sibling) flags |= CLONE_PARENT;
  return flags;
}

// Everything that the child borrows lives in our frame until the clone has its own copy of it.
Result<Launched> clone_child(const LaunchRequest& request, const HostFacts& host,
                             const LaunchPlan& plan, const FilterProgram& filter) {
  auto run = ensure_directory(
      request.layout.container_run(request.names.project, request.record.config.name));
  if (!run) return pass_up(run);
  auto output = open_stream(*run, "stdout", plan.program.user);
  if (!output) return pass_up(output);
  auto error = open_stream(*run, "stderr", plan.program.user);
  if (!error) return pass_up(error);
  const std::string cgroup = cgroup_path(request.names, request.record.config.name);
  auto entrance = create_cgroup(host.cgroups, cgroup, request.record.config.limits);
  if (!entrance) return pass_up(entrance);
  auto report = create_pipe();
  if (!report) return pass_up(report);
  auto go = create_gate();
  if (!go) return pass_up(go);

  ChildOrders orders{.plan = plan,
                     .program = ProgramOrders(plan.program, filter),
                     .cgroup_tasks = entrance->tasks,
                     .cgroup_view = cgroup_view(host.cgroups, cgroup),
                     .raise_loopback = wants_fresh_network(request),
                     .standard_output = output->container.get(),
                     .standard_error = error->container.get()};
  orders.program.report = report->write.get();
  orders.program.go = go->read.get();
  orders.program.descriptor_limit = host.descriptor_limit;
  if (plan.program.init) orders.program.init_program = host.init_program.get();
  if (request.network_namespace != nullptr)
    orders.network_namespace = request.network_namespace->get();

  auto cloned = clone_process(
      {.flags = clone_flags(request), .cgroup = entrance->unified ? &entrance->unified : nullptr});
  if (!cloned) return pass_up(cloned);
  if (cloned->pid == 0) run_child(orders);
  auto identity = identify(cloned->pid);
  if (!identity) {
    // It has failed already, and the keeper was quick to reap it: its report has the cause.
    report->write.close();
    const StartReport failed = read_start_report(report->read);
    if (failed.outcome == StartOutcome::Failed) return fail(ErrorKind::Failed, "{}", failed.text);
    return pass_up(identity);
  }
  return Launched{.process = *identity,
                  .pidfd = std::move(cloned->pidfd),
                  .report = std::move(report->read),
                  .go = std::move(go->write),
                  .stdout_fifo = std::move(output->mover),
                  .stderr_fifo = std::move(error->mover)};
}

}  // namespace

Result<Launched> launch_container(const LaunchRequest& request, HostFacts& host) {
  const schemas::ContainerName& name = request.record.config.name;
  const std::string place = request.layout.container(request.names.project, name);
  auto plan = make_plan(request, host, place);
  if (!plan) return pass_up(plan, "start {}", name);
  auto filter = host.profiles.program_for(plan->program.capabilities);
  if (!filter) return pass_up(filter, "start {}", name);
  auto mountable = forgive_volatile(place);
  if (!mountable) return pass_up(mountable, "start {}", name);
  auto launched = clone_child(request, host, *plan, **filter);
  if (!launched) return pass_up(launched, "start {}", name);
  return launched;
}

Result<> release(Launched& launched) {
  const ssize_t written = ::send(launched.go.get(), "", 1, MSG_NOSIGNAL);
  // EPIPE: it has failed before the gate, which its report will tell.
  if (written < 0 && errno != EPIPE && errno != ECONNRESET)
    return os_error(errno, "release process {}", launched.process.pid);
  launched.go.close();
  return {};
}

}  // namespace runtime
