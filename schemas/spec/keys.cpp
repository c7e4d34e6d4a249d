// The table of keys (compose-spec's schema, cut to what we understand), and the search in it.
#include "schemas/spec/keys.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace schemas {

namespace {

template <std::size_t N>
using Words = std::array<std::string_view, N>;

constexpr auto kProjectKnown = std::to_array<std::string_view>(
    {"version", "name", "services", "networks", "volumes", "configs", "secrets"});
constexpr auto kProjectLater = std::to_array<std::string_view>({"include", "models"});

constexpr auto kServiceKnown = std::to_array<std::string_view>({"image",
                                                                "command",
                                                                "entrypoint",
                                                                "environment",
                                                                "env_file",
                                                                "user",
                                                                "working_dir",
                                                                "hostname",
                                                                "container_name",
                                                                "depends_on",
                                                                "healthcheck",
                                                                "networks",
                                                                "network_mode",
                                                                "ports",
                                                                "expose",
                                                                "volumes",
                                                                "tmpfs",
                                                                "secrets",
                                                                "configs",
                                                                "extra_hosts",
                                                                "labels",
                                                                "cap_add",
                                                                "cap_drop",
                                                                "security_opt",
                                                                "read_only",
                                                                "init",
                                                                "scale",
                                                                "deploy",
                                                                "restart",
                                                                "stop_signal",
                                                                "stop_grace_period",
                                                                "mem_limit",
                                                                "cpus",
                                                                "pids_limit",
                                                                "shm_size"});
constexpr auto kServiceLater = std::to_array<std::string_view>({"annotations",
                                                                "attach",
                                                                "blkio_config",
                                                                "build",
                                                                "cgroup",
                                                                "cgroup_parent",
                                                                "cpu_count",
                                                                "cpu_percent",
                                                                "cpu_period",
                                                                "cpu_quota",
                                                                "cpu_rt_period",
                                                                "cpu_rt_runtime",
                                                                "cpu_shares",
                                                                "cpuset",
                                                                "credential_spec",
                                                                "develop",
                                                                "device_cgroup_rules",
                                                                "devices",
                                                                "dns",
                                                                "dns_opt",
                                                                "dns_search",
                                                                "domainname",
                                                                "extends",
                                                                "external_links",
                                                                "gpus",
                                                                "group_add",
                                                                "ipc",
                                                                "isolation",
                                                                "label_file",
                                                                "links",
                                                                "logging",
                                                                "mac_address",
                                                                "mem_reservation",
                                                                "mem_swappiness",
                                                                "memswap_limit",
                                                                "models",
                                                                "oom_kill_disable",
                                                                "oom_score_adj",
                                                                "pid",
                                                                "platform",
                                                                "post_start",
                                                                "pre_start",
                                                                "pre_stop",
                                                                "privileged",
                                                                "profiles",
                                                                "provider",
                                                                "pull_policy",
                                                                "pull_refresh_after",
                                                                "runtime",
                                                                "stdin_open",
                                                                "storage_opt",
                                                                "sysctls",
                                                                "tty",
                                                                "ulimits",
                                                                "use_api_socket",
                                                                "userns_mode",
                                                                "uts",
                                                                "volumes_from"});

constexpr auto kHealthKnown = std::to_array<std::string_view>(
    {"test", "interval", "timeout", "retries", "start_period", "start_interval", "disable"});
constexpr auto kDependencyKnown =
    std::to_array<std::string_view>({"condition", "required", "restart"});

constexpr auto kPortKnown = std::to_array<std::string_view>(
    {"target", "published", "host_ip", "protocol", "mode", "name", "app_protocol"});

constexpr auto kMountKnown = std::to_array<std::string_view>(
    {"type", "source", "target", "read_only", "consistency", "bind", "volume", "tmpfs"});
constexpr auto kMountLater = std::to_array<std::string_view>({"image"});
constexpr auto kBindKnown = std::to_array<std::string_view>({"create_host_path"});
constexpr auto kBindLater =
    std::to_array<std::string_view>({"propagation", "recursive", "selinux"});
constexpr auto kMountVolumeKnown = std::to_array<std::string_view>({"nocopy"});
constexpr auto kMountVolumeLater = std::to_array<std::string_view>({"subpath", "labels"});
constexpr auto kTmpfsKnown = std::to_array<std::string_view>({"size", "mode"});

constexpr auto kServiceNetworkKnown =
    std::to_array<std::string_view>({"aliases", "ipv4_address", "priority", "gw_priority"});
constexpr auto kServiceNetworkLater = std::to_array<std::string_view>(
    {"ipv6_address", "link_local_ips", "mac_address", "interface_name", "driver_opts"});

constexpr auto kServiceFileKnown =
    std::to_array<std::string_view>({"source", "target", "uid", "gid", "mode"});
constexpr auto kEnvFileKnown = std::to_array<std::string_view>({"path", "required", "format"});

constexpr auto kDeployKnown = std::to_array<std::string_view>({"replicas", "resources"});
constexpr auto kDeployLater =
    std::to_array<std::string_view>({"mode", "endpoint_mode", "labels", "placement",
                                     "restart_policy", "rollback_config", "update_config"});
constexpr auto kResourcesKnown = std::to_array<std::string_view>({"limits"});
constexpr auto kResourcesLater = std::to_array<std::string_view>({"reservations"});
constexpr auto kLimitsKnown = std::to_array<std::string_view>({"cpus", "memory", "pids"});

constexpr auto kNetworkKnown =
    std::to_array<std::string_view>({"name", "driver", "driver_opts", "internal", "ipam"});
constexpr auto kNetworkLater = std::to_array<std::string_view>(
    {"external", "enable_ipv4", "enable_ipv6", "attachable", "labels"});
constexpr auto kIpamKnown = std::to_array<std::string_view>({"driver", "config"});
constexpr auto kIpamLater = std::to_array<std::string_view>({"options"});
constexpr auto kIpamConfigKnown = std::to_array<std::string_view>({"subnet", "gateway"});
constexpr auto kIpamConfigLater = std::to_array<std::string_view>({"ip_range", "aux_addresses"});
constexpr auto kDriverOptionsKnown =
    std::to_array<std::string_view>({"com.docker.network.driver.mtu"});
constexpr auto kDriverOptionsLater = std::to_array<std::string_view>(
    {"com.docker.network.bridge.name", "com.docker.network.bridge.enable_icc",
     "com.docker.network.bridge.enable_ip_masquerade",
     "com.docker.network.bridge.host_binding_ipv4"});

constexpr auto kVolumeKnown = std::to_array<std::string_view>({"name", "external", "driver"});
constexpr auto kVolumeLater = std::to_array<std::string_view>({"driver_opts", "labels"});
constexpr auto kFileKnown = std::to_array<std::string_view>({"file"});
constexpr auto kFileLater =
    std::to_array<std::string_view>({"name", "environment", "content", "external", "labels",
                                     "driver", "driver_opts", "template_driver"});

// Edits that turn one word into the other, a swap of neighbours being one edit.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before(right.size() + 1);
  std::vector<std::size_t> last(right.size() + 1);
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t change = left[i - 1] == right[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      const bool swapped =
          i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[right.size()];
}

// "Depends-On" and "dependsOn" are the same mistake as "depends_on".
std::string plain_form(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c == '_' || c == '-' || c == ' ') continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return plain;
}

bool holds(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

namespace keys {
const KeyTable kProject{kProjectKnown, kProjectLater};
const KeyTable kService{kServiceKnown, kServiceLater};
const KeyTable kHealthcheck{kHealthKnown, {}};
const KeyTable kDependency{kDependencyKnown, {}};
const KeyTable kPort{kPortKnown, {}};
const KeyTable kMount{kMountKnown, kMountLater};
const KeyTable kMountBind{kBindKnown, kBindLater};
const KeyTable kMountVolume{kMountVolumeKnown, kMountVolumeLater};
const KeyTable kMountTmpfs{kTmpfsKnown, {}};
const KeyTable kServiceNetwork{kServiceNetworkKnown, kServiceNetworkLater};
const KeyTable kServiceFile{kServiceFileKnown, {}};
const KeyTable kEnvFile{kEnvFileKnown, {}};
const KeyTable kDeploy{kDeployKnown, kDeployLater};
const KeyTable kDeployResources{kResourcesKnown, kResourcesLater};
const KeyTable kDeployLimits{kLimitsKnown, {}};
const KeyTable kNetwork{kNetworkKnown, kNetworkLater};
const KeyTable kIpam{kIpamKnown, kIpamLater};
const KeyTable kIpamConfig{kIpamConfigKnown, kIpamConfigLater};
const KeyTable kDriverOptions{kDriverOptionsKnown, kDriverOptionsLater};
const KeyTable kVolume{kVolumeKnown, kVolumeLater};
const KeyTable kFile{kFileKnown, kFileLater};
}  // namespace keys

std::optional<std::string_view> nearest_word(std::string_view text,
                                             std::span<const std::string_view> words) {
  // Longer than any word of ours by far: not worth a comparison, and hostile text stays cheap.
  if (text.size() > 64) return {};
  const std::string wanted = plain_form(text);
  std::optional<std::string_view> best;
  std::size_t best_distance =
      std::max<std::size_t>(1, std::min<std::size_t>(3, text.size() / 3)) + 1;
  for (const std::string_view word : words) {
    const std::size_t distance = edit_distance(wanted, plain_form(word));
    if (distance < best_distance) {
      best_distance = distance;
      best = word;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view text, std::span<const std::string_view> words) {
  const auto nearest = nearest_word(text, words);
  return nearest ? fmt::format("did you mean `{}`?", *nearest) : std::string{};
}

void check_keys(const Node& mapping, const std::string& path, const KeyTable& table,
                Findings& findings) {
  std::vector<std::string_view> all(table.known.begin(), table.known.end());
  all.insert(all.end(), table.later.begin(), table.later.end());
  for (const Node::Entry& entry : mapping.entries) {
    if (entry.key.starts_with("x-") || holds(table.known, entry.key)) continue;
    const std::string key_path = path.empty() ? entry.key : path + "." + entry.key;
    if (entry.key == "build" && holds(table.later, entry.key)) {
      findings.error(entry.key_mark, key_path, "building images is not supported yet",
                     "build the image elsewhere, import it with `tutti image import FILE REF` and "
                     "name it with `image: REF`");
    } else if (holds(table.later, entry.key)) {
      findings.error(entry.key_mark, key_path, "not supported yet");
    } else {
      findings.error(entry.key_mark, key_path, "unknown key", did_you_mean(entry.key, all));
    }
  }
}

}  // namespace schemas
