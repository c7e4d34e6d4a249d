// Reads mounts: "./site:/srv:ro", "data:/var/lib/db", "/cache", and the long forms.
#include "schemas/spec/parse/mounts.hpp"

namespace schemas {

namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_host_path(std::string_view source) {
  return source.starts_with('.') || source.starts_with('/') || source.starts_with('~');
}

// Docker's default; z and Z relabel for SELinux, which Debian has not; consistency is macOS's.
void apply_option(ServiceMount& mount, const std::string& option) {
  if (option == "ro") mount.access = Access::ReadOnly;
  if (option == "rw") mount.access = Access::ReadWrite;
  if (option == "nocopy") mount.nocopy = true;
}

bool is_known_option(const std::string& option) {
  for (const std::string_view known : {"ro", "rw", "nocopy", "z", "Z", "cached", "delegated",
                                       "consistent", "rprivate", "private"}) {
    if (option == known) return true;
  }
  return false;
}

std::optional<ServiceMount> parse_short(const Node& node, const std::string& path,
                                        const Surroundings& surroundings) {
  const std::vector<std::string> parts = split(node.text, ':');
  ServiceMount mount;
  mount.mark = node.mark;
  if (parts.size() > 3) {
    surroundings.findings.error(node.mark, path, fmt::format("`{}` has too many parts", node.text),
                                "write SOURCE:TARGET or SOURCE:TARGET:ro");
    return {};
  }
  mount.target = parts.size() == 1 ? parts[0] : parts[1];
  if (parts.size() > 1) mount.source = parts[0];
  if (parts.size() > 1 && mount.source.empty()) {
    surroundings.findings.error(node.mark, path, "the source before `:` is empty");
    return {};
  }
  if (is_host_path(mount.source)) {
    mount.kind = SpecMountKind::Bind;
    mount.source = absolute_path(mount.source, surroundings);
  }
  for (const std::string& option : split(parts.size() == 3 ? parts[2] : "", ',')) {
    apply_option(mount, option);
    if (!option.empty() && !is_known_option(option)) {
      surroundings.findings.error(node.mark, path,
                                  fmt::format("mount option `{}` is not supported yet", option));
    }
  }
  return mount;
}

void parse_bind(ServiceMount& mount, const Section& section, const Surroundings& surroundings) {
  if (mount.source.empty()) section.refuse("source", "missing: the path on the host");
  mount.source = absolute_path(mount.source, surroundings);
  const Node* bind = section.find("bind");
  if (bind == nullptr) return;
  const Section options(*bind, section.path("bind"), keys::kMountBind, surroundings.findings);
  mount.create_host_path = options.boolean("create_host_path").value_or(true);
}

void parse_tmpfs_options(ServiceMount& mount, const Section& section, Findings& findings) {
  if (!mount.source.empty()) section.refuse("source", "a tmpfs has no source");
  const Node* tmpfs = section.find("tmpfs");
  if (tmpfs == nullptr) return;
  const Section options(*tmpfs, section.path("tmpfs"), keys::kMountTmpfs, findings);
  mount.tmpfs_size = options.byte_size("size");
  mount.tmpfs_mode = options.octal("mode");
}

std::optional<ServiceMount> parse_long(const Node& node, const std::string& path,
                                       const Surroundings& surroundings) {
  const Section section(node, path, keys::kMount, surroundings.findings);
  ServiceMount mount;
  mount.mark = node.mark;
  if (section.find("type") == nullptr) {
    section.refuse("type", "missing", "add `type: bind`, `type: volume` or `type: tmpfs`");
    return {};
  }
  const auto kind = section.choice("type", {"bind", "volume", "tmpfs"});
  if (!kind) return {};
  mount.kind = *kind == 0   ? SpecMountKind::Bind
               : *kind == 1 ? SpecMountKind::Volume
                            : SpecMountKind::Tmpfs;
  mount.source = section.text("source").value_or("");
  mount.target = section.text("target").value_or("");
  mount.access =
      section.boolean("read_only").value_or(false) ? Access::ReadOnly : Access::ReadWrite;
  if (mount.kind == SpecMountKind::Bind) parse_bind(mount, section, surroundings);
  if (mount.kind == SpecMountKind::Tmpfs) {
    parse_tmpfs_options(mount, section, surroundings.findings);
  }
  if (const Node* volume = section.find("volume")) {
    const Section options(*volume, section.path("volume"), keys::kMountVolume,
                          surroundings.findings);
    mount.nocopy = options.boolean("nocopy").value_or(false);
  }
  return mount;
}

Result<TmpfsMount> read_tmpfs(const std::string& text) {
  TmpfsMount mount;
  const std::size_t colon = text.find(':');
  mount.target = clean_path(text.substr(0, colon));
  if (!mount.target.starts_with('/')) {
    return fail(ErrorKind::Invalid, "`{}` is no absolute path", mount.target);
  }
  for (const std::string& option :
       split(colon == std::string::npos ? "" : text.substr(colon + 1), ',')) {
    if (option.starts_with("size=")) {
      auto size = read_byte_size(option.substr(5));
      if (!size) return pass_up(size);
      mount.size = *size;
    } else if (option.starts_with("mode=")) {
      std::uint32_t mode = 0;
      const std::string digits = option.substr(5);
      for (const char c : digits) {
        if (c < '0' || c > '7' || digits.size() > 5) {
          return fail(ErrorKind::Invalid, "`{}` is no octal mode", digits);
        }
        mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
      }
      mount.mode = mode;
    } else if (!option.empty() && option != "rw" && option != "nosuid" && option != "nodev" &&
               option != "noexec") {
      return fail(ErrorKind::Invalid, "tmpfs option `{}` is not supported yet", option);
    }
  }
  return mount;
}

}  // namespace

std::vector<ServiceMount> parse_mounts(const Section& service, const Surroundings& surroundings) {
  std::vector<ServiceMount> mounts;
  std::size_t index = 0;
  for (const Node& item : service.items("volumes")) {
    const std::string path = fmt::format("{}[{}]", service.path("volumes"), index++);
    auto mount = item.is_scalar() ? parse_short(item, path, surroundings)
                                  : parse_long(item, path, surroundings);
    if (!mount) continue;
    if (!mount->target.starts_with('/')) {
      surroundings.findings.error(
          item.mark, path,
          fmt::format("the target `{}` is no absolute path in the container", mount->target));
      continue;
    }
    mount->target = clean_path(mount->target);
    mounts.push_back(std::move(*mount));
  }
  return mounts;
}

std::vector<TmpfsMount> parse_tmpfs(const Section& service) {
  std::vector<TmpfsMount> mounts;
  for (const std::string& text : service.texts("tmpfs")) {
    auto mount = read_tmpfs(text);
    if (mount) {
      mounts.push_back(std::move(*mount));
    } else {
      service.refuse("tmpfs", mount.error().text());
    }
  }
  return mounts;
}

}  // namespace schemas
