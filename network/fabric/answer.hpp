// answer: what the embedded DNS does with one query. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "network/fabric/dns_message.hpp"
#include "network/fabric/name_table.hpp"

namespace network {

struct DnsReply {
  DnsBytes bytes;
};
struct DnsForward {
  std::size_t limit{0};  // the largest answer that the asker takes
};
struct DnsDrop {};  // not a query: no answer, or two servers could talk for ever

using DnsVerdict = std::variant<DnsReply, DnsForward, DnsDrop>;

enum class DnsTransport : std::uint8_t { Udp, Tcp };

// Local names are answered with a TTL of 1 second: an address may change with any `up`, yet a burst
// of look-ups may share one answer. `shuffle` decides the order of replicas.
[[nodiscard]] DnsVerdict answer(std::span<const std::byte> query, const NameTable& table,
                                DnsTransport transport, std::uint32_t shuffle);

}  // namespace network
