// Fuzz body of the embedded DNS: any datagram gets a bounded answer, is forwarded or is dropped.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <variant>

#include "network/fabric/answer.hpp"

namespace {

network::NameTable a_table() {
  network::NetworkNames names;
  names.network.text = "shop_front";
  names.key = "front";
  for (std::uint32_t host = 2; host < 60; ++host) {
    names.forward["web"].push_back(schemas::Ipv4Address{0x0a590000U + host});
  }
  names.reverse[schemas::Ipv4Address{0x0a590002U}] = "shop-web-1.shop_front";
  return {.networks = {std::make_shared<const network::NetworkNames>(std::move(names))}};
}

void check(std::span<const std::byte> query, network::DnsTransport transport, std::size_t limit) {
  static const network::NameTable table = a_table();
  const auto verdict = network::answer(query, table, transport, 7);
  const auto* reply = std::get_if<network::DnsReply>(&verdict);
  if (reply == nullptr) return;
  if (reply->bytes.size() < 12 || reply->bytes.size() > limit) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto query = std::as_bytes(std::span(data, size));
  check(query, network::DnsTransport::Udp, 65535);
  check(query, network::DnsTransport::Tcp, network::kDnsLargest);
  return 0;
}
