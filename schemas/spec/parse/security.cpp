// Reads words that the kernel has: capabilities(7) and signal(7).
#include "schemas/spec/parse/security.hpp"

#include <algorithm>
#include <array>

namespace schemas {

namespace {

constexpr auto kCapabilities = std::to_array<std::string_view>({"ALL",
                                                                "AUDIT_CONTROL",
                                                                "AUDIT_READ",
                                                                "AUDIT_WRITE",
                                                                "BLOCK_SUSPEND",
                                                                "BPF",
                                                                "CHECKPOINT_RESTORE",
                                                                "CHOWN",
                                                                "DAC_OVERRIDE",
                                                                "DAC_READ_SEARCH",
                                                                "FOWNER",
                                                                "FSETID",
                                                                "IPC_LOCK",
                                                                "IPC_OWNER",
                                                                "KILL",
                                                                "LEASE",
                                                                "LINUX_IMMUTABLE",
                                                                "MAC_ADMIN",
                                                                "MAC_OVERRIDE",
                                                                "MKNOD",
                                                                "NET_ADMIN",
                                                                "NET_BIND_SERVICE",
                                                                "NET_BROADCAST",
                                                                "NET_RAW",
                                                                "PERFMON",
                                                                "SETFCAP",
                                                                "SETGID",
                                                                "SETPCAP",
                                                                "SETUID",
                                                                "SYSLOG",
                                                                "SYS_ADMIN",
                                                                "SYS_BOOT",
                                                                "SYS_CHROOT",
                                                                "SYS_MODULE",
                                                                "SYS_NICE",
                                                                "SYS_PACCT",
                                                                "SYS_PTRACE",
                                                                "SYS_RAWIO",
                                                                "SYS_RESOURCE",
                                                                "SYS_TIME",
                                                                "SYS_TTY_CONFIG",
                                                                "WAKE_ALARM"});

constexpr auto kSignals = std::to_array<std::string_view>(
    {"SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",  "SIGFPE",
     "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT",
     "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",  "SIGXCPU",
     "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"});

std::string to_upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

bool holds(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "SIGRTMIN+3": signal(7), real-time signals.
bool is_real_time(const std::string& name) {
  const bool plus = name.starts_with("SIGRTMIN+");
  if (name == "SIGRTMIN" || name == "SIGRTMAX") return true;
  if (!plus && !name.starts_with("SIGRTMAX-")) return false;
  const auto offset = read_integer(std::string_view(name).substr(9));
  return offset && *offset >= 0 && *offset <= 30;
}

}  // namespace

std::vector<std::string> parse_capabilities(const Section& service, std::string_view key) {
  std::vector<std::string> capabilities;
  for (const std::string& text : service.texts(key)) {
    std::string name = to_upper(text);
    if (name.starts_with("CAP_")) name = name.substr(4);
    if (!holds(kCapabilities, name)) {
      service.refuse(key, fmt::format("`{}` is no capability", text),
                     did_you_mean(name, kCapabilities));
    }
    capabilities.push_back(std::move(name));
  }
  std::sort(capabilities.begin(), capabilities.end());
  capabilities.erase(std::unique(capabilities.begin(), capabilities.end()), capabilities.end());
  return capabilities;
}

std::vector<std::string> parse_security_options(const Section& service) {
  std::vector<std::string> options;
  for (const std::string& text : service.texts("security_opt")) {
    std::string option = text;
    std::replace(option.begin(), option.end(), '=', ':');
    if (option == "no-new-privileges" || option == "no-new-privileges:true") {
      options = {"no-new-privileges:true"};
    } else if (option != "no-new-privileges:false") {
      service.refuse("security_opt", fmt::format("`{}` is not supported yet", text));
    }
  }
  return options;
}

std::optional<std::string> parse_stop_signal(const Section& service) {
  const auto text = service.text("stop_signal");
  if (!text) return {};
  const auto number = read_integer(*text);
  if (number && *number >= 1 && *number <= 64) return text;
  std::string name = to_upper(*text);
  if (!name.starts_with("SIG")) name = "SIG" + name;
  if (holds(kSignals, name) || is_real_time(name)) return name;
  service.refuse("stop_signal", fmt::format("`{}` is no signal", *text),
                 did_you_mean(name, kSignals));
  return {};
}

}  // namespace schemas
