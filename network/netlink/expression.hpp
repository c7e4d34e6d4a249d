// Expression: the steps of a nftables rule as typed values (linux/netfilter/nf_tables.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "network/netlink/message.hpp"

namespace network {

// Registers are the kernel's 32-bit ones, by number from 0; a key's fields lie one behind another.
using Register = std::uint32_t;

enum class MetaKey : std::uint8_t { NfProtocol, L4Protocol, InputName, OutputName };
enum class PayloadField : std::uint8_t { SourceAddress, DestinationAddress, DestinationPort };
enum class CtKey : std::uint8_t { State, Status };
enum class FibSide : std::uint8_t { Source, Destination };
enum class Comparison : std::uint8_t { Equal, NotEqual };
enum class Verdict : std::uint8_t { Accept, Drop, Return, Jump, Goto };

// Loads fill registers, from `to` on.
struct LoadMeta {
  MetaKey key;
  Register to{0};
};
struct LoadPayload {
  PayloadField field;
  Register to{0};
};
struct LoadCt {
  CtKey key;
  Register to{0};
};
struct LoadFibType {
  FibSide side;
  Register to{0};
};
struct Mask {
  std::vector<std::byte> mask;
  Register at{0};
};

// Tests end the rule where they do not hold. `text` is what describe() shows of the bytes.
struct Compare {
  Comparison how{Comparison::Equal};
  std::vector<std::byte> with;
  std::string text;
  Register at{0};
};
struct Lookup {
  std::string set;
  Comparison how{Comparison::Equal};
  Register at{0};
};
struct MapLookup {
  std::string map;
  Register at{0};
  Register to{0};
};

// Ends.
struct DestinationNat {
  Register address{0};
  Register port{1};
};
struct Masquerade {};
struct Reject {};  // ICMP "administratively prohibited": who asked learns it at once
struct Decide {
  Verdict verdict{Verdict::Accept};
  std::string chain;  // of Jump and Goto
};

using Expression = std::variant<LoadMeta, LoadPayload, LoadCt, LoadFibType, Mask, Compare, Lookup,
                                MapLookup, DestinationNat, Masquerade, Reject, Decide>;

// A rule as nft's language would say it.
[[nodiscard]] std::string describe(const std::vector<Expression>& rule);

// Puts the expression into a rule's list.
void put_expression(Message& message, const Expression& expression);

}  // namespace network
