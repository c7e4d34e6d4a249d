// Reads and writes IPv4 addresses, subnets and MAC addresses.
#include "schemas/vocabulary/subnet.hpp"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace schemas {

namespace {

std::uint32_t mask_of(std::uint8_t prefix) { return prefix == 0 ? 0 : ~0U << (32U - prefix); }

// A decimal number of at most `max` without sign and leading zeros ("010" is 8 for some readers).
std::optional<std::uint32_t> read_decimal(std::string_view text, std::uint32_t max) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) return {};
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) return {};
  return value;
}

// Takes the text up to the next separator off the front of `rest`.
std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  std::uint32_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    const bool last = i == 3;
    if (!last && !text.contains('.')) return {};
    const auto byte = read_decimal(last ? text : take_until(text, '.'), 255);
    if (!byte) return {};
    bits = bits << 8U | *byte;
  }
  return bits;
}

}  // namespace

std::string Ipv4Address::text() const {
  return fmt::format("{}.{}.{}.{}", bits >> 24U, bits >> 16U & 255U, bits >> 8U & 255U,
                     bits & 255U);
}

std::string Subnet::text() const { return fmt::format("{}/{}", base.text(), prefix); }

bool Subnet::contains(Ipv4Address address) const {
  return (address.bits & mask_of(prefix)) == base.bits;
}

bool Subnet::overlaps(const Subnet& other) const {
  return contains(other.base) || other.contains(base);
}

Ipv4Address Subnet::gateway() const {
  return Ipv4Address{prefix >= 31 ? base.bits : base.bits + 1};
}

Ipv4Address Subnet::broadcast() const { return Ipv4Address{base.bits | ~mask_of(prefix)}; }

std::string MacAddress::text() const {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", bytes[0], bytes[1], bytes[2],
                     bytes[3], bytes[4], bytes[5]);
}

Result<Ipv4Address> read_ipv4(std::string_view text) {
  const auto bits = parse_ipv4(text);
  if (!bits) {
    return fail(ErrorKind::Invalid, "`{}` is no IPv4 address", text.substr(0, 100));
  }
  return Ipv4Address{*bits};
}

Result<Subnet> read_subnet(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto bits = parse_ipv4(text.substr(0, slash));
  const auto prefix =
      slash == std::string_view::npos ? std::nullopt : read_decimal(text.substr(slash + 1), 32);
  if (!bits || !prefix) {
    return fail(ErrorKind::Invalid, "`{}` is no IPv4 subnet such as 10.1.0.0/24",
                text.substr(0, 100));
  }
  const auto length = static_cast<std::uint8_t>(*prefix);
  const Subnet subnet{Ipv4Address{*bits & mask_of(length)}, length};
  if (subnet.base.bits != *bits) {
    return fail(ErrorKind::Invalid, "`{}` has host bits set: the subnet is {}", text,
                subnet.text());
  }
  return subnet;
}

Result<MacAddress> read_mac(std::string_view text) {
  MacAddress mac;
  bool good = text.size() == 17;
  for (std::size_t i = 0; good && i < mac.bytes.size(); ++i) {
    const char* begin = text.data() + 3 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, mac.bytes[i], 16);
    good = error == std::errc{} && end == begin + 2 && (i == 5 || *end == ':');
  }
  if (!good) {
    return fail(ErrorKind::Invalid, "`{}` is no MAC address such as 02:42:0a:01:00:02",
                text.substr(0, 100));
  }
  return mac;
}

MacAddress mac_of(Ipv4Address address) {
  return MacAddress{{0x02, 0x42, static_cast<std::uint8_t>(address.bits >> 24U),
                     static_cast<std::uint8_t>(address.bits >> 16U & 255U),
                     static_cast<std::uint8_t>(address.bits >> 8U & 255U),
                     static_cast<std::uint8_t>(address.bits & 255U)}};
}

}  // namespace schemas
