// Spec: what the project file says, as typed values, before any image or machine is looked at.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "schemas/vocabulary/config/container_config.hpp"
#include "schemas/vocabulary/document.hpp"
#include "schemas/vocabulary/names.hpp"
#include "schemas/vocabulary/quantities.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace schemas {

enum class DependencyCondition : std::uint8_t { Started, Healthy, CompletedSuccessfully };

// compose-spec "depends_on", long form.
struct ServiceDependency {
  ServiceName service;
  DependencyCondition condition{DependencyCondition::Started};
  bool required{true};
  bool restart{false};
  friend bool operator==(const ServiceDependency&, const ServiceDependency&) = default;
};

// compose-spec "healthcheck": what is not said comes from the image or the default.
struct SpecHealth {
  std::optional<std::vector<std::string>> test;  // {"CMD", ...}, {"CMD-SHELL", text} or {"NONE"}
  std::optional<Duration> interval;
  std::optional<Duration> timeout;
  std::optional<Duration> start_period;
  std::optional<Duration> start_interval;
  std::optional<std::uint32_t> retries;
  bool disable{false};
  friend bool operator==(const SpecHealth&, const SpecHealth&) = default;
};

// A service's place in a network.
struct ServiceNetwork {
  std::string key;  // of the top-level networks
  std::vector<std::string> aliases;
  std::optional<Ipv4Address> ipv4_address;
  std::int32_t priority{0};
  std::int32_t gw_priority{0};
  friend bool operator==(const ServiceNetwork&, const ServiceNetwork&) = default;
};

enum class SpecMountKind : std::uint8_t { Bind, Volume, Tmpfs };

// compose-spec "volumes" of a service, long form; `source` is empty for an anonymous volume.
struct ServiceMount {
  SpecMountKind kind{SpecMountKind::Volume};
  std::string source;  // absolute host path, or a key of the top-level volumes
  std::string target;
  Access access{Access::ReadWrite};
  bool create_host_path{true};             // bind
  bool nocopy{false};                      // volume
  std::optional<std::int64_t> tmpfs_size;  // bytes
  std::optional<std::uint32_t> tmpfs_mode;
  Mark mark;
};

// A secret or config of a service.
struct ServiceFile {
  std::string source;  // key of the top-level secrets or configs
  std::string target;  // absolute
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
  std::optional<std::uint32_t> mode;
};

// compose-spec "ports", long form, one port each (ranges are taken apart).
struct ServicePort {
  Ipv4Address host_ip;
  std::optional<std::uint16_t> published;  // none: any free one
  std::uint16_t target{0};
  Transport transport{Transport::Tcp};
  Mark mark;
};

// compose-spec "services", one of them.
struct Service {
  ServiceName name;
  Mark mark;
  std::string image;
  std::optional<std::vector<std::string>> command;     // none: the image's
  std::optional<std::vector<std::string>> entrypoint;  // none: the image's
  std::map<std::string, std::string> environment;      // resolved: env_file below environment
  std::string user;
  std::string working_dir;
  std::string hostname;
  std::string container_name;
  std::vector<ServiceDependency> depends_on;  // sorted by service
  std::optional<SpecHealth> healthcheck;
  std::vector<ServiceNetwork> networks;  // sorted by key; never empty unless network_mode is set
  NetworkMode network_mode{NetworkMode::Bridged};
  std::vector<ServicePort> ports;
  std::vector<std::string> expose;
  std::vector<ServiceMount> volumes;
  std::vector<TmpfsMount> tmpfs;
  std::vector<ServiceFile> secrets;
  std::vector<ServiceFile> configs;
  std::map<std::string, std::string> extra_hosts;
  std::map<std::string, std::string> labels;
  std::vector<std::string> cap_add;
  std::vector<std::string> cap_drop;
  std::vector<std::string> security_opt;  // "no-new-privileges:true" only
  bool read_only{false};
  bool init{false};
  std::uint32_t replicas{1};  // scale or deploy.replicas
  RestartPolicy restart;
  std::optional<std::string> stop_signal;
  std::optional<Duration> stop_grace_period;
  std::optional<std::int64_t> mem_limit;  // bytes
  std::optional<std::int64_t> nano_cpus;
  std::optional<std::int64_t> pids_limit;
  std::optional<std::int64_t> shm_size;
};

// compose-spec "networks", one of them.
struct SpecNetwork {
  std::string key;
  std::string name;  // real name: "<project>_<key>" unless said
  Reach reach{Reach::Outside};
  std::optional<Subnet> subnet;
  std::optional<Ipv4Address> gateway;
  std::optional<std::uint32_t> mtu;
  Mark mark;
};

struct SpecVolume {
  std::string key;
  std::string name;
  bool external{false};
  Mark mark;
};

// A secret or config of the project: a file of the host.
struct SpecFile {
  std::string key;
  std::string file;  // absolute
  Mark mark;
};

struct Spec {
  ProjectName name;
  std::string working_directory;           // absolute
  std::vector<std::string> project_files;  // absolute
  std::map<ServiceName, Service> services;
  std::map<std::string, SpecNetwork> networks;
  std::map<std::string, SpecVolume> volumes;
  std::map<std::string, SpecFile> secrets;
  std::map<std::string, SpecFile> configs;
};

}  // namespace schemas
