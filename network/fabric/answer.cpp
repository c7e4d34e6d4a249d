// Deciding one DNS query: known names are answered here, the rest is for the host's resolvers.
#include "network/fabric/answer.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace network {
namespace {

constexpr std::uint32_t kTtl = 1;  // seconds
constexpr std::string_view kReverseZone = ".in-addr.arpa";

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& character : result)
    if (character >= 'A' && character <= 'Z')
      character = static_cast<char>(character + ('a' - 'A'));
  return result;
}

// "2.0.89.10.in-addr.arpa" is 10.89.0.2.
std::optional<schemas::Ipv4Address> read_reverse_name(std::string_view name) {
  if (!name.ends_with(kReverseZone)) return std::nullopt;
  name.remove_suffix(kReverseZone.size());
  std::string forward;
  while (!name.empty()) {
    const std::size_t dot = name.rfind('.');
    const std::string_view part = dot == std::string_view::npos ? name : name.substr(dot + 1);
    if (!forward.empty()) forward += '.';
    forward += part;
    name = dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot);
  }
  auto address = schemas::read_ipv4(forward);
  if (!address) return std::nullopt;
  return *address;
}

// "_http._tcp.web" asks for a service of "web".
std::string_view without_service(std::string_view name) {
  for (int labels = 0; labels < 2; ++labels) {
    const std::size_t dot = name.find('.');
    if (!name.starts_with('_') || dot == std::string_view::npos) return name;
    name.remove_prefix(dot + 1);
  }
  return name;
}

// Every replica comes first equally often; the others follow in turn.
std::vector<schemas::Ipv4Address> rotated(std::vector<schemas::Ipv4Address> addresses,
                                          std::uint32_t shuffle) {
  if (addresses.size() < 2) return addresses;
  const auto first = static_cast<std::ptrdiff_t>(shuffle % addresses.size());
  std::ranges::rotate(addresses, addresses.begin() + first);
  return addresses;
}

std::optional<DnsBytes> answer_locally(std::span<const std::byte> query, const DnsQuery& read,
                                       const NameTable& table, std::size_t limit,
                                       std::uint32_t shuffle) {
  if (read.question.klass != kDnsInternet) return std::nullopt;
  const std::string name = lower(read.question.name);
  if (read.question.type == kDnsPtr) {
    const auto address = read_reverse_name(name);
    const std::string* target = address ? table.find_reverse(*address) : nullptr;
    if (target == nullptr) return std::nullopt;
    return write_dns_pointer(query, read, *target, kTtl);
  }
  const bool asks_service = read.question.type == kDnsSrv;
  const auto* addresses = table.find(asks_service ? without_service(name) : name);
  if (addresses == nullptr) return std::nullopt;
  if (read.question.type == kDnsA || read.question.type == kDnsAny)
    return write_dns_addresses(query, read, rotated(*addresses, shuffle), kTtl, limit);
  // The name is there, but not with this type. "No such name" here breaks musl, which takes the
  // answer for AAAA for the whole name.
  return write_dns_code(query, read, DnsCode::NoError);
}

}  // namespace

DnsVerdict answer(std::span<const std::byte> query, const NameTable& table, DnsTransport transport,
                  std::uint32_t shuffle) {
  const auto read = read_dns_query(query);
  if (!read) {
    auto refusal = write_dns_format_error(query);
    if (!refusal) return DnsDrop{};
    return DnsReply{std::move(*refusal)};
  }
  if (read->opcode != 0) return DnsReply{write_dns_code(query, *read, DnsCode::NotImp)};
  const std::size_t limit =
      transport == DnsTransport::Tcp ? kDnsLargest : read->udp_size.value_or(kDnsPlainLimit);
  auto local = answer_locally(query, *read, table, limit, shuffle);
  if (local) return DnsReply{std::move(*local)};
  // For a container that reaches nothing outside there is no other name; a temporary failure would
  // only make it ask again and again.
  if (table.forwarding == Forwarding::Refused)
    return DnsReply{write_dns_code(query, *read, DnsCode::NxDomain)};
  return DnsForward{limit};
}

}  // namespace network
