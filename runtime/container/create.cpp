// Makes and removes a container's directories; the record comes last and goes first.
#include "runtime/container/create.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "runtime/container/etc_files.hpp"
#include "runtime/sys/files.hpp"

namespace runtime {

using schemas::ErrorKind;
using schemas::fail;
using schemas::os_error;
using schemas::Result;

namespace {

struct NewFile {
  std::uint32_t uid{0};
  std::uint32_t gid{0};
  mode_t mode{0644};
};

// Nobody knows this directory yet, so no temporary file and no rename are needed.
Result<> write_new_file(const FileDescriptor& directory, const std::string& name,
                        std::string_view text, const NewFile& look) {
  const FileDescriptor file(::openat(directory.get(), name.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return os_error(errno, "create {}", name);
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return os_error(errno, "write {}", name);
  if ((look.uid != 0 || look.gid != 0) && ::fchown(file.get(), look.uid, look.gid) < 0)
    return os_error(errno, "give {} to {}:{}", name, look.uid, look.gid);
  if (::fchmod(file.get(), look.mode) < 0) return os_error(errno, "set the mode of {}", name);
  return {};
}

Result<> make_directories(const FileDescriptor& place) {
  // The upper directory is the container's "/", so its mode is what users in there meet; the 0700
  // of the directory above keeps the host's users out.
  for (const auto& [name, mode] :
       {std::pair{"upper", 0755U}, std::pair{"work", 0700U}, std::pair{"rootfs", 0700U},
        std::pair{"etc", 0700U}, std::pair{"log", 0700U}}) {
    if (::mkdirat(place.get(), name, mode) < 0 && errno != EEXIST)
      return os_error(errno, "create directory {}", name);
    if (mode == 0755U && ::fchmodat(place.get(), name, mode, 0) < 0)
      return os_error(errno, "set the mode of {}", name);
  }
  return {};
}

Result<> write_etc_files(const CreateRequest& request, const HostFacts& host,
                         const FileDescriptor& place) {
  auto etc = open_directory_at(place, "etc");
  if (!etc) return pass_up(etc);
  auto hosts = write_hosts(request.config, request.endpoints, request.host_gateway, host.hosts);
  if (!hosts) return pass_up(hosts);
  const std::string resolver = write_resolv_conf(request.config, host.resolv_conf);
  const std::string hostname = request.config.hostname + "\n";
  for (const auto& [name, text] : {std::pair<const char*, std::string_view>{"hosts", *hosts},
                                   {"hostname", hostname},
                                   {"resolv.conf", resolver}}) {
    auto written = write_new_file(*etc, name, text, {});
    if (!written) return pass_up(written, "/etc");
  }
  return {};
}

// Secrets and configs are copies: a changed source changes nothing until the container is
// recreated.
Result<> copy_files(const CreateRequest& request, const FileDescriptor& place) {
  FileDescriptor files;
  for (std::size_t i = 0; i < request.config.mounts.size(); ++i) {
    const auto* mount = std::get_if<schemas::FileMount>(&request.config.mounts[i]);
    if (mount == nullptr) continue;
    if (!files) {
      auto made = ensure_directory_at(place, "files");
      if (!made) return pass_up(made);
      files = std::move(*made);
    }
    auto text = read_file(mount->source);
    if (!text) return pass_up(text, "the file for {}", mount->target);
    auto written = write_new_file(files, std::to_string(i), *text,
                                  {.uid = mount->uid, .gid = mount->gid, .mode = mount->mode});
    if (!written) return pass_up(written, "copy {}", mount->source);
  }
  return {};
}

// First out of sight by a rename, so that a removal that is cut short leaves no half container.
Result<> remove_directory(const std::string& parent, const std::string& name) {
  auto directory = open_directory(parent);
  if (!directory) {
    if (directory.error().kind() == ErrorKind::NotFound) return {};
    return pass_up(directory);
  }
  const std::string trash = ".removed-" + name;
  auto removed = remove_tree_at(*directory, trash);
  if (!removed) return removed;
  if (::renameat(directory->get(), name.c_str(), directory->get(), trash.c_str()) < 0) {
    if (errno == ENOENT) return {};
    return os_error(errno, "rename {}", name);
  }
  return remove_tree_at(*directory, trash);
}

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

std::string cgroup_path(const schemas::KernelNames& names,
                        const schemas::ContainerName& container) {
  return names.cgroup() + "/" + container.text;
}

Result<ContainerRecord> create_container(const CreateRequest& request, const HostFacts& host) {
  const schemas::ProjectName& project = request.names.project;
  const std::string& name = request.config.name.text;
  auto place = ensure_directory(request.layout.container(project, request.config.name));
  if (!place) return pass_up(place, "create {}", name);
  auto made = make_directories(*place);
  if (made) made = write_etc_files(request, host, *place);
  if (made) made = copy_files(request, *place);
  if (!made) return pass_up(made, "create {}", name);

  ContainerRecord record;
  record.config = request.config;
  record.fingerprint = schemas::fingerprint(request.config);
  record.endpoints = request.endpoints;
  for (schemas::EndpointStatus& endpoint : record.endpoints) endpoint.attached = false;
  record.created_at = request.now;
  auto written = write_config_record(request.layout, project, record);
  if (!written) return pass_up(written, "create {}", name);
  return record;
}

Result<> discard_container(const StateLayout& layout, const schemas::KernelNames& names,
                           const schemas::ContainerName& container, const HostFacts& host) {
  auto removed = discard_cgroup(host.cgroups, cgroup_path(names, container));
  if (!removed) return pass_up(removed, "discard {}", container);
  for (const std::string& directory : {layout.container_run(names.project, container),
                                       layout.container(names.project, container)}) {
    removed = remove_directory(parent_of(directory), container.text);
    if (!removed) return pass_up(removed, "discard {}", container);
  }
  return {};
}

}  // namespace runtime
