// Reads published ports; ranges are taken apart into single ports.
#include "schemas/spec/parse/ports.hpp"

namespace schemas {

namespace {

struct PortRange {
  std::uint16_t first{0};
  std::uint16_t last{0};
  [[nodiscard]] int count() const { return last - first + 1; }
};

std::optional<std::uint16_t> read_port(std::string_view text) {
  const auto number = read_integer(text);
  if (!number || *number < 1 || *number > 65535) return {};
  return static_cast<std::uint16_t>(*number);
}

Result<PortRange> read_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = read_port(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : read_port(text.substr(dash + 1));
  if (!first || !last || *last < *first) {
    return fail(ErrorKind::Invalid, "`{}` is no port (1 to 65535) or range of ports", text);
  }
  return PortRange{*first, *last};
}

Result<Transport> read_transport(std::string_view text) {
  if (text == "tcp") return Transport::Tcp;
  if (text == "udp") return Transport::Udp;
  return fail(ErrorKind::Invalid, "protocol `{}` is neither tcp nor udp", text);
}

// One port each; without `published` the host's ports are free ones.
Result<std::vector<ServicePort>> pair_up(ServicePort port, const PortRange& target,
                                         std::string_view published) {
  std::vector<ServicePort> ports;
  std::optional<PortRange> host;
  if (!published.empty()) {
    auto range = read_range(published);
    if (!range) return pass_up(range, "published");
    if (range->count() != target.count()) {
      if (target.count() == 1) {
        return fail(ErrorKind::Invalid,
                    "a range of host ports ({}) for one container port is not supported yet",
                    published);
      }
      return fail(ErrorKind::Invalid, "the ranges {} and {}-{} have different lengths", published,
                  target.first, target.last);
    }
    host = *range;
  }
  for (int i = 0; i < target.count(); ++i) {
    port.target = static_cast<std::uint16_t>(target.first + i);
    if (host) port.published = static_cast<std::uint16_t>(host->first + i);
    ports.push_back(port);
  }
  return ports;
}

constexpr auto kAnyAddress = Ipv4Address{0};

Result<Ipv4Address> read_host_ip(std::string_view text) {
  if (text.empty()) return kAnyAddress;
  if (text.contains(':') || text.starts_with('[')) {
    return fail(ErrorKind::Invalid, "publishing on the IPv6 address {} is not supported yet", text);
  }
  return read_ipv4(text);
}

std::vector<ServicePort> parse_long(const Section& section) {
  ServicePort port;
  port.mark = section.mark();
  const auto target = section.integer("target", 1, 65535);
  const std::string published = section.text("published").value_or("");
  auto host_ip = read_host_ip(section.text("host_ip").value_or(""));
  auto transport = read_transport(section.text("protocol").value_or("tcp"));
  static_cast<void>(section.choice("mode", {"ingress", "host"}));
  if (!host_ip) section.refuse("host_ip", host_ip.error().text());
  if (!transport) section.refuse("protocol", transport.error().text());
  if (section.find("target") == nullptr) {
    section.refuse("target", "missing: the container's port");
  }
  if (!target || !host_ip || !transport) return {};
  port.host_ip = *host_ip;
  port.transport = *transport;
  const auto single = static_cast<std::uint16_t>(*target);
  auto ports = pair_up(port, PortRange{single, single}, published);
  if (ports) return *ports;
  section.refuse("published", ports.error().text());
  return {};
}

std::vector<ServicePort> parse_short(const Node& node, const std::string& path,
                                     Findings& findings) {
  auto ports = read_short_port(node.text);
  if (!ports) {
    findings.error(node.mark, path, ports.error().text(),
                   "write \"HOST:CONTAINER\", for example \"8080:80\"");
    return {};
  }
  for (ServicePort& port : *ports) port.mark = node.mark;
  return *ports;
}

}  // namespace

Result<std::vector<ServicePort>> read_short_port(std::string_view text) {
  ServicePort port;
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    auto transport = read_transport(text.substr(slash + 1));
    if (!transport) return pass_up(transport);
    port.transport = *transport;
  }
  std::string_view rest = text.substr(0, slash);
  const std::size_t colon = rest.rfind(':');
  auto target = read_range(colon == std::string_view::npos ? rest : rest.substr(colon + 1));
  if (!target) return pass_up(target);
  if (colon == std::string_view::npos) return pair_up(port, *target, {});
  rest = rest.substr(0, colon);
  // Behind the last colon stands the published port, before it the address (IPv6 in brackets).
  const std::size_t split = rest.rfind(':');
  if (split == std::string_view::npos) {
    // "127.0.0.1::80" has an empty part here, "8080:80" has not.
    return rest.empty() ? fail(ErrorKind::Invalid, "`{}` has no host port", text)
                        : pair_up(port, *target, rest);
  }
  auto host_ip = read_host_ip(rest.substr(0, split));
  if (!host_ip) return pass_up(host_ip);
  port.host_ip = *host_ip;
  return pair_up(port, *target, rest.substr(split + 1));
}

std::vector<ServicePort> parse_ports(const Section& service, Findings& findings) {
  std::vector<ServicePort> all;
  std::size_t index = 0;
  for (const Node& item : service.items("ports")) {
    const std::string path = fmt::format("{}[{}]", service.path("ports"), index++);
    const auto ports = item.is_scalar() ? parse_short(item, path, findings)
                                        : parse_long(Section(item, path, keys::kPort, findings));
    all.insert(all.end(), ports.begin(), ports.end());
  }
  return all;
}

std::vector<std::string> parse_expose(const Section& service) {
  std::vector<std::string> exposed = service.texts("expose");
  for (const std::string& text : exposed) {
    const std::size_t slash = text.find('/');
    auto range = read_range(std::string_view(text).substr(0, slash));
    auto transport = slash == std::string::npos ? Result<Transport>(Transport::Tcp)
                                                : read_transport(text.substr(slash + 1));
    if (!range) service.refuse("expose", range.error().text());
    if (!transport) service.refuse("expose", transport.error().text());
  }
  return exposed;
}

}  // namespace schemas
