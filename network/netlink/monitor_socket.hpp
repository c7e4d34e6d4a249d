// MonitorSocket: the kernel's netlink notifications, as a descriptor that becomes readable.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "network/netlink/message.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace network {

class MonitorSocket {
 public:
  // Links, IPv4 addresses and IPv4 routes of the namespace in which it is opened.
  static schemas::Result<MonitorSocket> open_for_links();

  // One notification for each nf_tables transaction that `own_port` did not make; a filter in the
  // kernel keeps the rest away, so that thousands of our own elements wake nobody.
  static schemas::Result<MonitorSocket> open_for_firewall(std::uint32_t own_port);

  [[nodiscard]] int descriptor() const { return socket_.get(); }

  enum class Outcome : std::uint8_t { Complete, Overrun };  // Overrun: some were lost, look at all

  // Hands every waiting notification to `each`; never blocks.
  Outcome drain(const std::function<void(const Received&)>& each);

 private:
  explicit MonitorSocket(runtime::FileDescriptor socket) : socket_(std::move(socket)) {}
  runtime::FileDescriptor socket_;
  std::vector<std::byte> buffer_;
};

}  // namespace network
