// One NFT_MSG_GETTABLE dump, written by hand so that tests need neither libnl nor nft.
#include "tests/support/nft_tables.hpp"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace tests {
namespace {

struct TableRequest {
  nlmsghdr header;
  nfgenmsg family;
};

std::string family_name(unsigned char family) {
  switch (family) {
    case NFPROTO_INET:
      return "inet";
    case NFPROTO_IPV4:
      return "ip";
    case NFPROTO_IPV6:
      return "ip6";
    case NFPROTO_BRIDGE:
      return "bridge";
    default:
      return "family " + std::to_string(family);
  }
}

// The table's line out of one message: the name attribute behind the nfgenmsg.
void add_table(const std::byte* message, std::size_t length, std::set<std::string>& tables) {
  nfgenmsg family{};
  std::memcpy(&family, message + NLMSG_HDRLEN, sizeof family);
  std::size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof family);
  while (at + sizeof(nlattr) <= length) {
    nlattr attribute{};
    std::memcpy(&attribute, message + at, sizeof attribute);
    if (attribute.nla_len < sizeof attribute || at + attribute.nla_len > length) return;
    if (attribute.nla_type == NFTA_TABLE_NAME) {
      std::string name(attribute.nla_len - sizeof attribute, '\0');
      std::memcpy(name.data(), message + at + sizeof attribute, name.size());
      tables.insert(family_name(family.nfgen_family) + " " + name.c_str());
    }
    at += NLA_ALIGN(attribute.nla_len);
  }
}

// Walks the messages of one datagram; false when the dump is over.
bool read_datagram(const std::byte* bytes, std::size_t size, std::set<std::string>& tables) {
  std::size_t at = 0;
  while (at + sizeof(nlmsghdr) <= size) {
    nlmsghdr header{};
    std::memcpy(&header, bytes + at, sizeof header);
    if (header.nlmsg_len < sizeof header || at + header.nlmsg_len > size) return false;
    if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) return false;
    add_table(bytes + at, header.nlmsg_len, tables);
    at += NLMSG_ALIGN(header.nlmsg_len);
  }
  return size > 0;
}

}  // namespace

std::set<std::string> nft_tables() {
  std::set<std::string> tables;
  const int socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (socket < 0) return tables;
  TableRequest request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETTABLE;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.family.nfgen_family = NFPROTO_UNSPEC;
  request.family.version = NFNETLINK_V0;
  if (::send(socket, &request, sizeof request, 0) == static_cast<ssize_t>(sizeof request)) {
    std::array<std::byte, 32768> buffer{};
    ssize_t got = ::recv(socket, buffer.data(), buffer.size(), 0);
    while (got > 0 && read_datagram(buffer.data(), static_cast<std::size_t>(got), tables)) {
      got = ::recv(socket, buffer.data(), buffer.size(), 0);
    }
  }
  ::close(socket);
  return tables;
}

}  // namespace tests
