// Reading questions byte by byte within bounds, and writing answers that point back to them.
#include "network/fabric/dns_message.hpp"

#include <algorithm>

namespace network {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kHeader = 12;
constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestName = 255;
constexpr std::uint16_t kOpt = 41;
constexpr std::uint16_t kOurUdpSize = 1232;  // what passes every path unfragmented (DNS flag day)
constexpr std::uint16_t kPointToQuestion = 0xc00c;  // a name that is the one at offset 12
constexpr std::uint8_t kResponse = 0x80;            // of byte 2
constexpr std::uint8_t kTruncated = 0x02;
constexpr std::uint8_t kRecursionDesired = 0x01;
constexpr std::uint8_t kRecursionAvailable = 0x80;  // of byte 3

std::uint8_t u8(Bytes bytes, std::size_t at) { return std::to_integer<std::uint8_t>(bytes[at]); }

std::uint16_t u16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(u8(bytes, at) << 8U | u8(bytes, at + 1));
}

void put16(DnsBytes& bytes, std::size_t value) {
  bytes.push_back(static_cast<std::byte>(value >> 8U & 0xffU));
  bytes.push_back(static_cast<std::byte>(value & 0xffU));
}

void put32(DnsBytes& bytes, std::uint32_t value) {
  put16(bytes, value >> 16U);
  put16(bytes, value & 0xffffU);
}

// A name of uncompressed labels from `at`: its text and what follows it. A dot or a backslash in a
// label is escaped, so it can never be taken for a name of ours.
struct ReadName {
  std::string text;
  std::size_t end{0};
};

std::optional<ReadName> read_name(Bytes bytes, std::size_t at) {
  const std::size_t start = at;
  ReadName name;
  while (at < bytes.size()) {
    const std::size_t length = u8(bytes, at++);
    if (length == 0) {
      if (at - start > kLongestName) return std::nullopt;
      name.end = at;
      return name;
    }
    if (length > kLongestLabel || at + length > bytes.size()) return std::nullopt;
    if (!name.text.empty()) name.text += '.';
    for (std::size_t index = 0; index < length; ++index) {
      const char character = static_cast<char>(u8(bytes, at + index));
      if (character == '.' || character == '\\') name.text += '\\';
      name.text += character;
    }
    at += length;
    if (at - start > kLongestName) return std::nullopt;
  }
  return std::nullopt;
}

// Behind a name that may end in a compression pointer, which is not followed.
std::optional<std::size_t> skip_name(Bytes bytes, std::size_t at) {
  while (at < bytes.size()) {
    const std::size_t length = u8(bytes, at);
    if (length == 0) return at + 1;
    if ((length & 0xc0U) == 0xc0U) return at + 2;
    if (length > kLongestLabel) return std::nullopt;
    at += length + 1;
  }
  return std::nullopt;
}

// The UDP size of an OPT record among the additional ones (RFC 6891, 6.1.2).
std::optional<std::uint16_t> find_udp_size(Bytes bytes, std::size_t at) {
  for (std::size_t left = u16(bytes, 10); left > 0; --left) {
    const auto behind = skip_name(bytes, at);
    if (!behind || *behind + 10 > bytes.size()) return std::nullopt;
    if (u16(bytes, *behind) == kOpt) return std::max(kDnsPlainLimit, u16(bytes, *behind + 2));
    at = *behind + 10 + u16(bytes, *behind + 8);
  }
  return std::nullopt;
}

// Header and question of an answer with no record yet.
DnsBytes start_answer(Bytes query, const DnsQuery& read, DnsCode code) {
  DnsBytes reply;
  put16(reply, read.id);
  reply.push_back(static_cast<std::byte>(kResponse | read.opcode << 3U |
                                         (read.recursion_desired ? kRecursionDesired : 0)));
  reply.push_back(static_cast<std::byte>(kRecursionAvailable | static_cast<std::uint8_t>(code)));
  put16(reply, 1);
  put16(reply, 0);
  put16(reply, 0);
  put16(reply, 0);
  const Bytes question = query.subspan(kHeader, read.question_end - kHeader);
  reply.insert(reply.end(), question.begin(), question.end());
  return reply;
}

void set16(DnsBytes& bytes, std::size_t at, std::size_t value) {
  bytes[at] = static_cast<std::byte>(value >> 8U & 0xffU);
  bytes[at + 1] = static_cast<std::byte>(value & 0xffU);
}

// An asker that speaks EDNS0 is answered in it.
void end_answer(DnsBytes& reply, const DnsQuery& read) {
  if (!read.udp_size) return;
  reply.push_back(std::byte{0});
  put16(reply, kOpt);
  put16(reply, kOurUdpSize);
  put32(reply, 0);
  put16(reply, 0);
  set16(reply, 10, 1);
}

constexpr std::size_t kOptSize = 11;
constexpr std::size_t kAddressRecordSize = 16;

}  // namespace

schemas::Result<DnsQuery> read_dns_query(Bytes message) {
  if (message.size() < kHeader || message.size() > kDnsLargest)
    return schemas::fail(schemas::ErrorKind::Invalid, "no DNS message: {} bytes", message.size());
  if ((u8(message, 2) & kResponse) != 0)
    return schemas::fail(schemas::ErrorKind::Invalid, "a DNS answer, not a question");
  if (u16(message, 4) != 1)
    return schemas::fail(schemas::ErrorKind::Invalid, "{} DNS questions", u16(message, 4));
  auto name = read_name(message, kHeader);
  if (!name || name->end + 4 > message.size())
    return schemas::fail(schemas::ErrorKind::Invalid, "a malformed DNS question");
  DnsQuery query{.id = u16(message, 0),
                 .opcode = static_cast<std::uint8_t>(u8(message, 2) >> 3U & 0x0fU),
                 .recursion_desired = (u8(message, 2) & kRecursionDesired) != 0,
                 .question = {.name = std::move(name->text),
                              .type = u16(message, name->end),
                              .klass = u16(message, name->end + 2)},
                 .udp_size = std::nullopt,
                 .question_end = name->end + 4};
  // Other sections have no place in a question; then nothing is looked for behind them.
  if (u16(message, 6) == 0 && u16(message, 8) == 0)
    query.udp_size = find_udp_size(message, query.question_end);
  return query;
}

bool answers_query(Bytes reply, Bytes query) {
  if (reply.size() < kHeader || query.size() < kHeader) return false;
  if (u16(reply, 0) != u16(query, 0) || (u8(reply, 2) & kResponse) == 0) return false;
  if (u16(reply, 4) != 1) return false;
  const auto asked = read_name(query, kHeader);
  if (!asked) return false;
  const std::size_t end = asked->end + 4;
  if (end > query.size() || end > reply.size()) return false;
  return std::ranges::equal(reply.subspan(kHeader, end - kHeader),
                            query.subspan(kHeader, end - kHeader));
}

std::optional<DnsCode> code_of(Bytes reply) {
  if (reply.size() < kHeader) return std::nullopt;
  return static_cast<DnsCode>(u8(reply, 3) & 0x0fU);
}

bool is_truncated(Bytes reply) {
  return reply.size() >= kHeader && (u8(reply, 2) & kTruncated) != 0;
}

DnsBytes write_dns_addresses(Bytes query, const DnsQuery& read,
                             const std::vector<schemas::Ipv4Address>& addresses, std::uint32_t ttl,
                             std::size_t limit) {
  DnsBytes reply = start_answer(query, read, DnsCode::NoError);
  const std::size_t used = reply.size() + (read.udp_size ? kOptSize : 0);
  const std::size_t room = limit > used ? (limit - used) / kAddressRecordSize : 0;
  const std::size_t count = std::min(addresses.size(), room);
  for (std::size_t index = 0; index < count; ++index) {
    put16(reply, kPointToQuestion);
    put16(reply, kDnsA);
    put16(reply, kDnsInternet);
    put32(reply, ttl);
    put16(reply, 4);
    put32(reply, addresses[index].bits);
  }
  set16(reply, 6, count);
  if (count < addresses.size()) reply[2] |= std::byte{kTruncated};
  end_answer(reply, read);
  return reply;
}

DnsBytes write_dns_pointer(Bytes query, const DnsQuery& read, const std::string& target,
                           std::uint32_t ttl) {
  DnsBytes name;
  for (std::size_t at = 0; at <= target.size();) {
    const std::size_t dot = std::min(target.find('.', at), target.size());
    // A name that DNS cannot say is no name.
    if (dot == at || dot - at > kLongestLabel) return write_dns_code(query, read, DnsCode::NoError);
    name.push_back(static_cast<std::byte>(dot - at));
    for (; at < dot; ++at) name.push_back(static_cast<std::byte>(target[at]));
    at = dot + 1;
  }
  name.push_back(std::byte{0});
  if (name.size() > kLongestName) return write_dns_code(query, read, DnsCode::NoError);

  DnsBytes reply = start_answer(query, read, DnsCode::NoError);
  put16(reply, kPointToQuestion);
  put16(reply, kDnsPtr);
  put16(reply, kDnsInternet);
  put32(reply, ttl);
  put16(reply, name.size());
  reply.insert(reply.end(), name.begin(), name.end());
  set16(reply, 6, 1);
  end_answer(reply, read);
  return reply;
}

DnsBytes write_dns_code(Bytes query, const DnsQuery& read, DnsCode code) {
  DnsBytes reply = start_answer(query, read, code);
  end_answer(reply, read);
  return reply;
}

std::optional<DnsBytes> write_dns_format_error(Bytes message) {
  if (message.size() < kHeader || (u8(message, 2) & kResponse) != 0) return std::nullopt;
  DnsBytes reply(kHeader);
  reply[0] = message[0];
  reply[1] = message[1];
  reply[2] = static_cast<std::byte>(kResponse | (u8(message, 2) & 0x79U));
  reply[3] = static_cast<std::byte>(DnsCode::FormErr);
  return reply;
}

DnsBytes fit_dns_reply(DnsBytes reply, std::size_t limit) {
  if (reply.size() <= limit || reply.size() < kHeader) return reply;
  const auto name = read_name(reply, kHeader);
  const bool keeps_question = u16(reply, 4) == 1 && name && name->end + 4 <= limit;
  reply.resize(keeps_question ? name->end + 4 : kHeader);
  reply[2] |= std::byte{kTruncated};
  set16(reply, 4, keeps_question ? 1 : 0);
  for (const std::size_t count : {std::size_t{6}, std::size_t{8}, std::size_t{10}})
    set16(reply, count, 0);
  return reply;
}

}  // namespace network
