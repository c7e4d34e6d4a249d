// Rtnetlink by hand: each message built in a buffer, one sendmsg for the veth and one for its
// inside.
#include "bench/floor_network.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>

#include "bench/floor_container.hpp"

namespace bench {
namespace {

constexpr std::uint32_t kGateway = 0x0a5a0001;  // 10.90.0.1
constexpr const char* kBridge = "floor0";

// Messages one behind the other; nested attributes are opened and closed.
class Batch {
 public:
  template <typename Body>
  void begin(std::uint16_t type, std::uint16_t flags, const Body& body) {
    finish();
    message_ = bytes_.size();
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    append(&header, sizeof header);
    append(&body, sizeof body);
    ++count_;
  }
  void add(std::uint16_t type, const void* data, std::size_t size) {
    rtattr attribute{static_cast<std::uint16_t>(sizeof(rtattr) + size), type};
    append(&attribute, sizeof attribute);
    append(data, size);
  }
  void add_number(std::uint16_t type, std::uint32_t number) { add(type, &number, sizeof number); }
  void add_text(std::uint16_t type, const std::string& text) {
    add(type, text.c_str(), text.size() + 1);
  }
  [[nodiscard]] std::size_t open(std::uint16_t type) {
    const std::size_t at = bytes_.size();
    add(type, nullptr, 0);
    return at;
  }
  void close(std::size_t at) {
    const auto length = static_cast<std::uint16_t>(bytes_.size() - at);
    std::memcpy(bytes_.data() + at, &length, sizeof length);
  }
  void append(const void* data, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(data);
    bytes_.insert(bytes_.end(), first, first + size);
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
  }

  // Sends all and reads one answer a message; any error ends the program.
  void send(int socket, const char* what) {
    finish();
    check(static_cast<int>(::send(socket, bytes_.data(), bytes_.size(), 0)), what);
    while (count_ > 0) {
      std::array<std::byte, 16384> answer{};
      const int got =
          check(static_cast<int>(::recv(socket, answer.data(), answer.size(), 0)), what);
      read_answers(std::span(answer).first(static_cast<std::size_t>(got)), what);
    }
  }

 private:
  void finish() {
    if (bytes_.empty()) return;
    const auto length = static_cast<std::uint32_t>(bytes_.size() - message_);
    std::memcpy(bytes_.data() + message_, &length, sizeof length);
  }
  void read_answers(std::span<const std::byte> answers, const char* what) {
    while (answers.size() >= sizeof(nlmsghdr)) {
      nlmsghdr header{};
      std::memcpy(&header, answers.data(), sizeof header);
      nlmsgerr error{};
      std::memcpy(&error, answers.data() + NLMSG_HDRLEN, sizeof error);
      if (header.nlmsg_type == NLMSG_ERROR && error.error != 0) {
        errno = -error.error;
        die(what);
      }
      --count_;
      answers =
          answers.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), answers.size()));
    }
  }

  std::vector<std::byte> bytes_;
  std::size_t message_{0};
  int count_{0};
};

int open_rtnetlink() {
  return check(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "rtnetlink");
}

ifinfomsg link_up(int index) {
  ifinfomsg link{};
  link.ifi_index = index;
  link.ifi_flags = IFF_UP;
  link.ifi_change = IFF_UP;
  return link;
}

void add_address(Batch& batch, int index, std::uint32_t address) {
  ifaddrmsg message{};
  message.ifa_family = AF_INET;
  message.ifa_prefixlen = 16;
  message.ifa_index = static_cast<std::uint32_t>(index);
  batch.begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, message);
  batch.add_number(IFA_LOCAL, htonl(address));
  batch.add_number(IFA_ADDRESS, htonl(address));
}

int bind_resolver(int type) {
  const int socket = check(::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "dns socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(53);
  address.sin_addr.s_addr = htonl(0x7f00000b);
  check(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind 127.0.0.11");
  if (type == SOCK_STREAM) check(::listen(socket, 16), "listen");
  return socket;
}

// With IPv6 on, each new port's multicast floods to all others: off before the veth arrives.
void switch_off_ipv6() {
  const int file = ::open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;  // no IPv6 in this kernel
  check(static_cast<int>(::write(file, "1", 1)), "disable_ipv6");
  ::close(file);
}

}  // namespace

FloorNetwork::FloorNetwork(unsigned run)
    : run_(run),
      home_(check(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "own namespace")),
      socket_(open_rtnetlink()) {}

FloorNetwork::~FloorNetwork() {
  ::close(home_);
  ::close(socket_);
}

void FloorNetwork::create_bridge() {
  Batch batch;
  batch.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, link_up(0));
  batch.add_text(IFLA_IFNAME, kBridge);
  const std::size_t info = batch.open(IFLA_LINKINFO);
  batch.add(IFLA_INFO_KIND, "bridge", 6);
  batch.close(info);
  batch.send(socket_, "create the bridge");
  bridge_ = static_cast<int>(::if_nametoindex(kBridge));
  Batch address;
  add_address(address, bridge_, kGateway);
  address.send(socket_, "address the bridge");
}

void FloorNetwork::discard_bridge() {
  Batch batch;
  batch.begin(RTM_DELLINK, 0, link_up(bridge_));
  batch.send(socket_, "delete the bridge");
}

FloorNetwork::Joined FloorNetwork::join(std::uint32_t number) {
  check(::unshare(CLONE_NEWNET), "new network namespace");
  switch_off_ipv6();
  Joined joined{check(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "namespace"), {}};
  const int inside = open_rtnetlink();
  // lo first: 127.0.0.11 can only be bound on a loopback that is up.
  Batch loopback;
  loopback.begin(RTM_NEWLINK, 0, link_up(1));
  loopback.send(inside, "lo up");
  joined.sockets = {bind_resolver(SOCK_DGRAM), bind_resolver(SOCK_STREAM)};
  check(::setns(home_, CLONE_NEWNET), "back home");

  Batch veth;
  veth.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, link_up(0));
  veth.add_text(IFLA_IFNAME, "fl" + std::to_string(run_) + "-" + std::to_string(number));
  veth.add_number(IFLA_MASTER, static_cast<std::uint32_t>(bridge_));
  veth.add_number(IFLA_GROUP, 4711);
  const std::size_t info = veth.open(IFLA_LINKINFO);
  veth.add(IFLA_INFO_KIND, "veth", 4);
  const std::size_t data = veth.open(IFLA_INFO_DATA);
  const std::size_t peer = veth.open(VETH_INFO_PEER);
  ifinfomsg inner{};
  inner.ifi_index = 2;
  veth.append(&inner, sizeof inner);
  veth.add_text(IFLA_IFNAME, "eth0");
  veth.add_number(IFLA_NET_NS_FD, static_cast<std::uint32_t>(joined.network));
  veth.close(peer);
  veth.close(data);
  veth.close(info);
  veth.send(socket_, "create a veth");

  Batch wiring;
  add_address(wiring, 2, kGateway + number);
  wiring.begin(RTM_NEWLINK, 0, link_up(2));
  rtmsg route{};
  route.rtm_family = AF_INET;
  route.rtm_table = RT_TABLE_MAIN;
  route.rtm_protocol = RTPROT_BOOT;
  route.rtm_type = RTN_UNICAST;
  wiring.begin(RTM_NEWROUTE, NLM_F_CREATE, route);
  wiring.add_number(RTA_GATEWAY, htonl(kGateway));
  wiring.send(inside, "wire the inside");
  ::close(inside);
  return joined;
}

}  // namespace bench
