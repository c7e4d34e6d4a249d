// One forwarded DNS query: asks the host's resolvers, one after another.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "network/fabric/answer.hpp"
#include "network/fabric/dns_message.hpp"
#include "orchestrator/supervise/dns_server.hpp"

namespace orchestrator {

struct DnsExchange {
  network::DnsBytes query;
  std::vector<DnsUpstream> upstreams;  // at most three are asked
  network::DnsTransport transport{network::DnsTransport::Udp};
};

// Calls `done` once, from the loop: with the answer, its id that of the query, or with nothing when
// none of the resolvers gave one in time (4 s each). Over UDP, a truncated answer is asked for
// again over TCP.
void ask_upstreams(boost::asio::io_context& loop, DnsExchange exchange,
                   std::function<void(std::optional<network::DnsBytes>)> done);

}  // namespace orchestrator
