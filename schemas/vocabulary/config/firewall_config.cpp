// The firewall's fingerprint: what the kernel's table is compared with.
#include "schemas/vocabulary/config/firewall_config.hpp"

namespace schemas {

Digest fingerprint(const FirewallConfig& config) {
  std::string text;
  for (const FirewallNetwork& network : config.networks) {
    text += fmt::format("network {} {} {}\n", network.bridge, network.subnet.text(),
                        network.reach == Reach::Internal ? "internal" : "outside");
  }
  for (const FirewallMember& member : config.members) {
    text += fmt::format("member {} {}\n", member.address.text(), member.bridge);
  }
  for (const FirewallPort& port : config.ports) {
    text += fmt::format("port {} {}\n", port.port.text(), port.container.text());
  }
  return sha256_of(text);
}

}  // namespace schemas
