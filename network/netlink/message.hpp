// Message: one netlink message under construction, and one received; attributes in and out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/vocabulary/subnet.hpp"

struct nl_msg;
struct nlmsghdr;

namespace network {

// Grows as attributes are put in. A message can hold a nest of at most 64 KiB.
class Message {
 public:
  // `flags` as in netlink(7) without NLM_F_REQUEST and NLM_F_ACK, which the socket adds.
  Message(std::uint16_t type, std::uint16_t flags);

  // The family's fixed header (ifinfomsg, nfgenmsg, ...): first of all.
  template <typename Header>
  Message& header(const Header& value) {
    append(std::as_bytes(std::span(&value, 1)));
    return *this;
  }

  Message& put(int attribute, std::span<const std::byte> bytes);
  Message& put_text(int attribute, std::string_view text);  // with a NUL
  Message& put_u8(int attribute, std::uint8_t value);
  Message& put_u16(int attribute, std::uint16_t value);
  Message& put_u32(int attribute, std::uint32_t value);
  Message& put_big_u32(int attribute,
                       std::uint32_t value);  // network byte order, as nf_tables likes
  Message& put_address(int attribute, schemas::Ipv4Address address);

  // A nested attribute, filled by `fill`.
  Message& nest(int attribute, const std::function<void(Message&)>& fill);

  // Bytes without alignment or attribute header: only for the peer's ifinfomsg of a veth.
  void append(std::span<const std::byte> bytes);

  [[nodiscard]] nlmsghdr* raw();
  [[nodiscard]] std::size_t size() const;

 private:
  struct Free {
    void operator()(nl_msg* message) const;
  };
  std::unique_ptr<nl_msg, Free> message_;
};

// Attributes of a received message or of a nest in it; views bytes that the socket owns.
class Attributes {
 public:
  explicit Attributes(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] std::optional<std::span<const std::byte>> find(int attribute) const;
  [[nodiscard]] std::string text(int attribute) const;  // "" when absent
  [[nodiscard]] std::optional<std::uint8_t> u8(int attribute) const;
  [[nodiscard]] std::optional<std::uint32_t> u32(int attribute) const;
  [[nodiscard]] std::optional<std::uint32_t> big_u32(int attribute) const;
  [[nodiscard]] std::optional<schemas::Ipv4Address> address(int attribute) const;
  [[nodiscard]] Attributes nest(int attribute) const;  // empty when absent
  [[nodiscard]] std::vector<Attributes> list() const;  // of a nest that is a list

 private:
  std::span<const std::byte> bytes_;
};

// One message from the kernel.
struct Received {
  std::uint16_t type{0};
  std::uint16_t flags{0};
  std::uint32_t sequence{0};
  std::uint32_t port{0};  // of who caused it
  std::span<const std::byte> payload;

  // The family's fixed header; nothing when the message is too short.
  template <typename Header>
  [[nodiscard]] std::optional<Header> header() const {
    if (payload.size() < sizeof(Header)) return std::nullopt;
    Header value;
    copy_header(&value, sizeof(Header));
    return value;
  }
  // What follows a fixed header of that size.
  [[nodiscard]] Attributes attributes(std::size_t header_size) const;

 private:
  void copy_header(void* to, std::size_t size) const;
};

// Hands every whole message in what one recv(2) gave to `each`.
void split_messages(std::span<const std::byte> bytes,
                    const std::function<void(const Received&)>& each);

}  // namespace network
