// Building netlink messages on libnl's nl_msg, and reading attributes with bounds.
#include "network/netlink/message.hpp"

#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>

namespace network {
namespace {

constexpr std::size_t kFirstSize = 512;
constexpr std::size_t kAttributeHeader = sizeof(nlattr);
constexpr std::size_t kLargestAttribute = 0xffff;

// Room for `more` bytes behind what is there: libnl itself never grows a message.
void reserve(nl_msg* message, std::size_t more) {
  const std::size_t used = nlmsg_hdr(message)->nlmsg_len;
  if (used + more <= nlmsg_get_max_size(message)) return;
  if (nlmsg_expand(message, 2 * (used + more)) < 0) throw std::bad_alloc();
}

template <typename Integer>
std::optional<Integer> read_integer(std::optional<std::span<const std::byte>> bytes) {
  if (!bytes || bytes->size() != sizeof(Integer)) return std::nullopt;
  Integer value{};
  std::memcpy(&value, bytes->data(), sizeof(Integer));
  return value;
}

}  // namespace

void Message::Free::operator()(nl_msg* message) const { nlmsg_free(message); }

Message::Message(std::uint16_t type, std::uint16_t flags) : message_(nlmsg_alloc_size(kFirstSize)) {
  if (!message_) throw std::bad_alloc();
  nlmsg_put(message_.get(), 0, 0, type, 0, flags);
}

void Message::append(std::span<const std::byte> bytes) {
  reserve(message_.get(), NLMSG_ALIGN(bytes.size()));
  if (nlmsg_append(message_.get(), const_cast<std::byte*>(bytes.data()), bytes.size(),
                   NLMSG_ALIGNTO) < 0)
    std::abort();
}

Message& Message::put(int attribute, std::span<const std::byte> bytes) {
  const int size = static_cast<int>(bytes.size());
  reserve(message_.get(), static_cast<std::size_t>(nla_total_size(size)));
  if (bytes.size() + kAttributeHeader > kLargestAttribute)
    std::abort();  // callers cut lists into parts
  if (nla_put(message_.get(), attribute, size, bytes.data()) < 0) std::abort();
  return *this;
}

Message& Message::put_text(int attribute, std::string_view text) {
  const std::string terminated(text);
  return put(attribute, std::as_bytes(std::span(terminated.c_str(), terminated.size() + 1)));
}

Message& Message::put_u8(int attribute, std::uint8_t value) {
  return put(attribute, std::as_bytes(std::span(&value, 1)));
}

Message& Message::put_u16(int attribute, std::uint16_t value) {
  return put(attribute, std::as_bytes(std::span(&value, 1)));
}

Message& Message::put_u32(int attribute, std::uint32_t value) {
  return put(attribute, std::as_bytes(std::span(&value, 1)));
}

Message& Message::put_big_u32(int attribute, std::uint32_t value) {
  return put_u32(attribute, __builtin_bswap32(value));
}

Message& Message::put_address(int attribute, schemas::Ipv4Address address) {
  return put_big_u32(attribute, address.bits);
}

Message& Message::nest(int attribute, const std::function<void(Message&)>& fill) {
  const std::size_t start = raw()->nlmsg_len;
  put(attribute | NLA_F_NESTED, {});
  fill(*this);
  // Filling may have moved the message, so the header is found again by its offset.
  const std::size_t length = raw()->nlmsg_len - start;
  if (length > kLargestAttribute) std::abort();
  const auto written = static_cast<std::uint16_t>(length);
  std::memcpy(reinterpret_cast<std::byte*>(raw()) + start, &written, sizeof written);
  return *this;
}

nlmsghdr* Message::raw() { return nlmsg_hdr(message_.get()); }

std::size_t Message::size() const { return nlmsg_hdr(message_.get())->nlmsg_len; }

std::optional<std::span<const std::byte>> Attributes::find(int attribute) const {
  const auto* head = reinterpret_cast<const nlattr*>(bytes_.data());
  const nlattr* found = nla_find(head, static_cast<int>(bytes_.size()), attribute);
  if (found == nullptr) return std::nullopt;
  return std::span(static_cast<const std::byte*>(nla_data(found)),
                   static_cast<std::size_t>(nla_len(found)));
}

std::string Attributes::text(int attribute) const {
  const auto bytes = find(attribute);
  if (!bytes) return {};
  const auto* characters = reinterpret_cast<const char*>(bytes->data());
  return {characters, strnlen(characters, bytes->size())};
}

std::optional<std::uint8_t> Attributes::u8(int attribute) const {
  return read_integer<std::uint8_t>(find(attribute));
}

std::optional<std::uint32_t> Attributes::u32(int attribute) const {
  return read_integer<std::uint32_t>(find(attribute));
}

std::optional<std::uint32_t> Attributes::big_u32(int attribute) const {
  const auto value = u32(attribute);
  if (!value) return std::nullopt;
  return __builtin_bswap32(*value);
}

std::optional<schemas::Ipv4Address> Attributes::address(int attribute) const {
  const auto bits = big_u32(attribute);
  if (!bits) return std::nullopt;
  return schemas::Ipv4Address{*bits};
}

Attributes Attributes::nest(int attribute) const {
  return Attributes(find(attribute).value_or(std::span<const std::byte>{}));
}

std::vector<Attributes> Attributes::list() const {
  std::vector<Attributes> all;
  const auto* at = reinterpret_cast<const nlattr*>(bytes_.data());
  int rest = static_cast<int>(bytes_.size());
  for (; nla_ok(at, rest) != 0; at = nla_next(at, &rest))
    all.emplace_back(std::span(static_cast<const std::byte*>(nla_data(at)),
                               static_cast<std::size_t>(nla_len(at))));
  return all;
}

Attributes Received::attributes(std::size_t header_size) const {
  const std::size_t aligned = NLMSG_ALIGN(header_size);
  if (payload.size() <= aligned) return Attributes({});
  return Attributes(payload.subspan(aligned));
}

void Received::copy_header(void* to, std::size_t size) const {
  std::memcpy(to, payload.data(), size);
}

void split_messages(std::span<const std::byte> bytes,
                    const std::function<void(const Received&)>& each) {
  // libnl walks with pointers to what it never changes.
  auto* header = reinterpret_cast<nlmsghdr*>(const_cast<std::byte*>(bytes.data()));
  int rest = static_cast<int>(bytes.size());
  for (; nlmsg_ok(header, rest) != 0; header = nlmsg_next(header, &rest))
    each(Received{.type = header->nlmsg_type,
                  .flags = header->nlmsg_flags,
                  .sequence = header->nlmsg_seq,
                  .port = header->nlmsg_pid,
                  .payload = std::span(static_cast<const std::byte*>(nlmsg_data(header)),
                                       static_cast<std::size_t>(nlmsg_datalen(header)))});
}

static_assert(std::endian::native == std::endian::little, "put_big_u32 swaps bytes");

}  // namespace network
