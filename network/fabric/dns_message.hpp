// DNS messages (RFC 1035, EDNS0 of RFC 6891): a bounded reader of questions, a writer of answers.
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/subnet.hpp"

namespace network {

using DnsBytes = std::vector<std::byte>;

inline constexpr std::uint16_t kDnsA = 1;
inline constexpr std::uint16_t kDnsPtr = 12;
inline constexpr std::uint16_t kDnsAaaa = 28;
inline constexpr std::uint16_t kDnsSrv = 33;
inline constexpr std::uint16_t kDnsAny = 255;
inline constexpr std::uint16_t kDnsInternet = 1;      // the class IN
inline constexpr std::uint16_t kDnsPlainLimit = 512;  // UDP without EDNS0
inline constexpr std::size_t kDnsLargest = 65535;     // the length field of DNS over TCP

enum class DnsCode : std::uint8_t {
  NoError = 0,
  FormErr = 1,
  ServFail = 2,
  NxDomain = 3,
  NotImp = 4,
  Refused = 5
};

// The one question of a message; servers answer only messages with exactly one.
struct DnsQuestion {
  std::string name;  // as asked, case kept, without the last dot: "Web.front"
  std::uint16_t type{0};
  std::uint16_t klass{0};
  friend bool operator==(const DnsQuestion&, const DnsQuestion&) = default;
};

struct DnsQuery {
  std::uint16_t id{0};
  std::uint8_t opcode{0};
  bool recursion_desired{false};
  DnsQuestion question;
  std::optional<std::uint16_t> udp_size;  // EDNS0; at least 512
  std::size_t question_end{0};            // offset behind the question
};

// Invalid when it is not a query with exactly one well-formed question.
[[nodiscard]] schemas::Result<DnsQuery> read_dns_query(std::span<const std::byte> message);

// True when `reply` is an answer to `query`: id, QR bit and question (case too) are the same.
// Guards against forged answers.
[[nodiscard]] bool answers_query(std::span<const std::byte> reply,
                                 std::span<const std::byte> query);

[[nodiscard]] std::optional<DnsCode> code_of(std::span<const std::byte> reply);
[[nodiscard]] bool is_truncated(std::span<const std::byte> reply);

// Answers; the question is echoed byte by byte. `limit` is what fits: beyond it TC is set.
[[nodiscard]] DnsBytes write_dns_addresses(std::span<const std::byte> query, const DnsQuery& read,
                                           const std::vector<schemas::Ipv4Address>& addresses,
                                           std::uint32_t ttl, std::size_t limit);
[[nodiscard]] DnsBytes write_dns_pointer(std::span<const std::byte> query, const DnsQuery& read,
                                         const std::string& target, std::uint32_t ttl);
[[nodiscard]] DnsBytes write_dns_code(std::span<const std::byte> query, const DnsQuery& read,
                                      DnsCode code);

// FORMERR for what read_dns_query refused; nothing when not even a header is there, or it is a
// reply.
[[nodiscard]] std::optional<DnsBytes> write_dns_format_error(std::span<const std::byte> message);

// An answer from upstream made fit for a UDP asker: header and question with TC when it is too
// long.
[[nodiscard]] DnsBytes fit_dns_reply(DnsBytes reply, std::size_t limit);

}  // namespace network
