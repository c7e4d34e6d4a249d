// Deleting conntrack entries by a partial tuple (linux/netfilter/nfnetlink_conntrack.h,
// CTA_FILTER).
#include "network/netlink/conntrack.hpp"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <sys/socket.h>

namespace network {
namespace {

// Bits of CTA_FILTER_*_FLAGS; the kernel has them in net/netfilter/nf_internals.h only.
constexpr std::uint32_t kSource = 1U << 0U;
constexpr std::uint32_t kDestination = 1U << 1U;
constexpr std::uint32_t kProtocol = 1U << 3U;
constexpr std::uint32_t kDestinationPort = 1U << 5U;

}  // namespace

schemas::Result<> forget_flows(NetlinkSocket& netfilter, const FlowFilter& filter) {
  Message message((NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_DELETE, 0);
  message.header(nfgenmsg{.nfgen_family = AF_INET, .version = NFNETLINK_V0, .res_id = 0});
  std::uint32_t asked = kProtocol;
  message.nest(CTA_TUPLE_ORIG, [&](Message& tuple) {
    if (filter.asked_address) {
      asked |= kDestination;
      tuple.nest(CTA_TUPLE_IP, [&](Message& address) {
        address.put_address(CTA_IP_V4_DST, *filter.asked_address);
      });
    }
    tuple.nest(CTA_TUPLE_PROTO, [&](Message& protocol) {
      protocol.put_u8(CTA_PROTO_NUM, filter.protocol);
      if (!filter.asked_port) return;
      asked |= kDestinationPort;
      protocol.put_u16(CTA_PROTO_DST_PORT, __builtin_bswap16(*filter.asked_port));
    });
  });
  if (filter.answering_address)
    message.nest(CTA_TUPLE_REPLY, [&](Message& tuple) {
      tuple.nest(CTA_TUPLE_IP, [&](Message& address) {
        address.put_address(CTA_IP_V4_SRC, *filter.answering_address);
      });
    });
  message.nest(CTA_FILTER, [&](Message& flags) {
    flags.put_u32(CTA_FILTER_ORIG_FLAGS, asked)
        .put_u32(CTA_FILTER_REPLY_FLAGS, filter.answering_address ? kSource : 0);
  });
  auto done = netfilter.request(message);
  if (!done) return schemas::pass_up(done, "forget tracked flows");
  return {};
}

}  // namespace network
