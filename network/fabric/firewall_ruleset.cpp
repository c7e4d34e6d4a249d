// The project's table (network-features, "nftables structure"): what may go where, as look-ups in
// sets.
//
//   prerouting -300  what is sent to loopback or straight to a container from outside ends here
//   prerouting/output -100  a published port of the host becomes a container's
//   forward -5       between bridges, in and out: chain `net` decides
//   postrouting 100  hairpin, loopback and outgoing packets get an address that answers come back
//   to
#include <linux/netfilter/nf_conntrack_common.h>
#include <netinet/in.h>

#include <algorithm>
#include <span>

#include "network/fabric/firewall.hpp"

namespace network {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::uint32_t kInvalid = 1U << 0U;      // NF_CT_STATE_INVALID_BIT
constexpr std::uint32_t kEstablished = 1U << 1U;  // NF_CT_STATE_BIT(IP_CT_ESTABLISHED)
constexpr std::uint32_t kRelated = 1U << 2U;      // NF_CT_STATE_BIT(IP_CT_RELATED)
constexpr std::uint32_t kLocalAddress = 2;        // RTN_LOCAL
constexpr std::byte kIpv4{2};  // NFPROTO_IPV4; its header clashes with <netinet/in.h>

Bytes host_order(std::uint32_t value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  return {bytes.begin(), bytes.end()};
}

std::uint8_t protocol_of(schemas::Transport transport) {
  return transport == schemas::Transport::Tcp ? IPPROTO_TCP : IPPROTO_UDP;
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Rule rule(std::initializer_list<Rule> parts) {
  Rule all;
  for (const Rule& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// --- the words of a rule, each a short list of expressions -------------------------------------

Rule input_in(const std::string& set, Comparison how = Comparison::Equal) {
  return {LoadMeta{MetaKey::InputName}, Lookup{set, how}};
}

Rule output_in(const std::string& set, Comparison how = Comparison::Equal) {
  return {LoadMeta{MetaKey::OutputName}, Lookup{set, how}};
}

Rule same_bridge() {
  return {LoadMeta{MetaKey::InputName, 0}, LoadMeta{MetaKey::OutputName, 4}, Lookup{"pairs"}};
}

Rule address_in(PayloadField field, const std::string& set) {
  return {LoadPayload{field}, Lookup{set}};
}

// 127.0.0.0/8
Rule to_loopback() {
  return {LoadPayload{PayloadField::DestinationAddress},
          Mask{{std::byte{0xff}, std::byte{0}, std::byte{0}, std::byte{0}}},
          Compare{Comparison::Equal,
                  {std::byte{127}, std::byte{0}, std::byte{0}, std::byte{0}},
                  "127.0.0.0/8"}};
}

Rule local(FibSide side) {
  return {LoadFibType{side}, Compare{Comparison::Equal, host_order(kLocalAddress), "local"}};
}

Rule state_has(std::uint32_t bits, const std::string& text) {
  return {LoadCt{CtKey::State}, Mask{host_order(bits)},
          Compare{Comparison::NotEqual, host_order(0), text}};
}

Rule was_led_here() {
  return {LoadCt{CtKey::Status}, Mask{host_order(IPS_DST_NAT)},
          Compare{Comparison::NotEqual, host_order(0), "0 (dnat)"}};
}

Rule decide(Verdict verdict, const std::string& chain = {}) { return {Decide{verdict, chain}}; }

// The rules read IPv4 headers; the bridges have no IPv6.
Rule leave_ipv6_alone() {
  return {LoadMeta{MetaKey::NfProtocol}, Compare{Comparison::NotEqual, {kIpv4}, "ipv4"},
          Decide{Verdict::Accept, {}}};
}

// --- sets ------------------------------------------------------------------------------------

Element name_element(const std::string& name) {
  return {.key = interface_bytes(name), .value = {}, .text = '"' + name + '"'};
}

std::vector<Set> network_sets(const schemas::FirewallConfig& config) {
  Set bridges{.name = "bridges", .key = {Field::Interface}};
  Set internals{.name = "internals", .key = {Field::Interface}};
  Set pairs{.name = "pairs", .key = {Field::Interface, Field::Interface}};
  Set outgoing{.name = "outgoing", .key = {Field::Address}, .shape = SetShape::Intervals};
  for (const schemas::FirewallNetwork& one : config.networks) {
    bridges.elements.push_back(name_element(one.bridge));
    pairs.elements.push_back(
        {.key = joined({interface_bytes(one.bridge), interface_bytes(one.bridge)}),
         .value = {},
         .text = fmt::format("\"{0}\" . \"{0}\"", one.bridge)});
    if (one.reach == schemas::Reach::Internal) {
      internals.elements.push_back(name_element(one.bridge));
      continue;
    }
    outgoing.elements.push_back(
        {.key = key_bytes(one.subnet.base), .value = {}, .text = one.subnet.text()});
    outgoing.elements.push_back(
        {.key = key_bytes(schemas::Ipv4Address{one.subnet.broadcast().bits + 1}),
         .value = {},
         .text = {},
         .end = Element::End::Yes});
  }
  Set members{.name = "members", .key = {Field::Address}};
  Set hairpin{.name = "hairpin", .key = {Field::Address, Field::Address}};
  for (const schemas::FirewallMember& one : config.members) {
    const Bytes address = key_bytes(one.address);
    members.elements.push_back({.key = address, .value = {}, .text = one.address.text()});
    hairpin.elements.push_back({.key = joined({address, address}),
                                .value = {},
                                .text = fmt::format("{0} . {0}", one.address.text())});
  }
  return {std::move(bridges),  std::move(internals), std::move(pairs),
          std::move(outgoing), std::move(members),   std::move(hairpin)};
}

std::vector<Set> port_sets(const schemas::FirewallConfig& config) {
  Set any{.name = "dnat_any",
          .key = {Field::Protocol, Field::Port},
          .value = {Field::Address, Field::Port}};
  Set specific{.name = "dnat_address",
               .key = {Field::Address, Field::Protocol, Field::Port},
               .value = {Field::Address, Field::Port}};
  Set published{.name = "published", .key = {Field::Address, Field::Protocol, Field::Port}};
  for (const schemas::FirewallPort& one : config.ports) {
    const std::uint8_t protocol = protocol_of(one.port.transport);
    const std::string_view protocol_name = schemas::transport_text(one.port.transport);
    const Bytes target = joined({key_bytes(one.container), key_bytes(one.port.container_port)});
    const std::string target_text =
        fmt::format("{} . {}", one.container.text(), one.port.container_port);
    if (one.port.host_address.bits == 0)
      any.elements.push_back(
          {.key = joined({protocol_bytes(protocol), key_bytes(one.port.host_port)}),
           .value = target,
           .text = fmt::format("{} . {} : {}", protocol_name, one.port.host_port, target_text)});
    else
      specific.elements.push_back(
          {.key = joined({key_bytes(one.port.host_address), protocol_bytes(protocol),
                          key_bytes(one.port.host_port)}),
           .value = target,
           .text = fmt::format("{} . {} . {} : {}", one.port.host_address.text(), protocol_name,
                               one.port.host_port, target_text)});
    Element entry{.key = joined({key_bytes(one.container), protocol_bytes(protocol),
                                 key_bytes(one.port.container_port)}),
                  .value = {},
                  .text = fmt::format("{} . {} . {}", one.container.text(), protocol_name,
                                      one.port.container_port)};
    // Two ports of the host may lead to one of a container; a set holds it once.
    if (std::ranges::find(published.elements, entry.key, &Element::key) == published.elements.end())
      published.elements.push_back(std::move(entry));
  }
  return {std::move(any), std::move(specific), std::move(published)};
}

// --- chains ----------------------------------------------------------------------------------

Chain raw_prerouting() {
  return {
      .name = "raw_prerouting",
      .base = BaseHook{ChainType::Filter, Hook::Prerouting, -300},
      .rules = {leave_ipv6_alone(),
                // route_localnet would let neighbours reach the host's loopback (CVE-2020-8558).
                rule({{LoadMeta{MetaKey::InputName},
                       Compare{Comparison::NotEqual, interface_bytes("lo"), "\"lo\""}},
                      to_loopback(),
                      decide(Verdict::Drop)}),
                // A neighbour may route to a container's own address: published ports only.
                rule({address_in(PayloadField::DestinationAddress, "members"),
                      input_in("bridges", Comparison::NotEqual), decide(Verdict::Drop)})}};
}

Chain nat_entry(const std::string& name, Hook hook) {
  return {.name = name,
          .base = BaseHook{ChainType::Nat, hook, -100},
          .rules = {leave_ipv6_alone(),
                    rule({local(FibSide::Destination), decide(Verdict::Jump, "publish")})}};
}

Chain publish() {
  return {
      .name = "publish",
      .base = std::nullopt,
      .rules = {{LoadPayload{PayloadField::DestinationAddress, 0}, LoadMeta{MetaKey::L4Protocol, 1},
                 LoadPayload{PayloadField::DestinationPort, 2}, MapLookup{"dnat_address"},
                 DestinationNat{}},
                {LoadMeta{MetaKey::L4Protocol, 0}, LoadPayload{PayloadField::DestinationPort, 1},
                 MapLookup{"dnat_any"}, DestinationNat{}}}};
}

Chain postrouting() {
  return {.name = "postrouting",
          .base = BaseHook{ChainType::Nat, Hook::Postrouting, 100},
          .rules = {
              leave_ipv6_alone(),
              // A container that was led to itself; also where br_netfilter shows us packets inside
              // the bridge, which have no input here.
              {LoadPayload{PayloadField::SourceAddress, 0},
               LoadPayload{PayloadField::DestinationAddress, 1}, Lookup{"hairpin"}, Masquerade{}},
              // Back into the bridge that it came from: without our address in between, the
              // answer would go straight to the asker, who does not know that sender.
              rule({same_bridge(), was_led_here(), {Masquerade{}}}),
              // 127.0.0.1 cannot be answered to.
              rule({output_in("bridges"), local(FibSide::Source), was_led_here(), {Masquerade{}}}),
              rule({address_in(PayloadField::SourceAddress, "outgoing"),
                    output_in("bridges", Comparison::NotEqual),
                    {Masquerade{}}})}};
}

Chain forward() {
  // Before others' 0: our drops come early, and an accept is not final anyway.
  return {.name = "forward",
          .base = BaseHook{ChainType::Filter, Hook::Forward, -5},
          .rules = {leave_ipv6_alone(), rule({input_in("bridges"), decide(Verdict::Goto, "net")}),
                    rule({output_in("bridges"), decide(Verdict::Goto, "net")})}};
}

Chain net() {
  return {
      .name = "net",
      .base = std::nullopt,
      .rules = {
          rule({state_has(kEstablished | kRelated, "0 (established,related)"),
                decide(Verdict::Accept)}),
          rule({state_has(kInvalid, "0 (invalid)"), decide(Verdict::Drop)}),
          rule({same_bridge(), decide(Verdict::Accept)}), rule({input_in("internals"), {Reject{}}}),
          rule({output_in("internals"), decide(Verdict::Drop)}),
          rule({output_in("bridges"),
                {LoadPayload{PayloadField::DestinationAddress, 0}, LoadMeta{MetaKey::L4Protocol, 1},
                 LoadPayload{PayloadField::DestinationPort, 2}, Lookup{"published"}},
                was_led_here(),
                decide(Verdict::Accept)}),
          rule({output_in("bridges"), input_in("bridges"), {Reject{}}}),
          rule({output_in("bridges"), decide(Verdict::Drop)}), decide(Verdict::Accept)}};
}

}  // namespace

Ruleset firewall_ruleset(const schemas::KernelNames& names, const schemas::FirewallConfig& config) {
  Ruleset ruleset{.table = names.table(), .comment = {}, .sets = network_sets(config)};
  for (Set& set : port_sets(config)) ruleset.sets.push_back(std::move(set));
  ruleset.chains = {raw_prerouting(),
                    publish(),
                    nat_entry("prerouting", Hook::Prerouting),
                    nat_entry("output", Hook::Output),
                    postrouting(),
                    forward(),
                    net()};
  ruleset.comment = "tutti " + schemas::fingerprint(config).hex;
  return ruleset;
}

}  // namespace network
