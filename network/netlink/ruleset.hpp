// Ruleset: one nftables table as typed values, its text and its netlink messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "network/netlink/expression.hpp"
#include "network/netlink/message.hpp"

namespace network {

enum class Hook : std::uint8_t {
  Prerouting = 0,
  Input = 1,
  Forward = 2,
  Output = 3,
  Postrouting = 4
};
enum class ChainType : std::uint8_t { Filter, Nat };

// Where a base chain hangs in the packet's way.
struct BaseHook {
  ChainType type{ChainType::Filter};
  Hook hook{Hook::Forward};
  std::int32_t priority{0};
  friend bool operator==(const BaseHook&, const BaseHook&) = default;
};

using Rule = std::vector<Expression>;

struct Chain {
  std::string name;
  std::optional<BaseHook> base{};  // none for a chain that is only jumped to
  std::vector<Rule> rules{};
};

// A field of a set's key or of a map's value.
enum class Field : std::uint8_t { Address, Port, Protocol, Interface };

// One key, and one value in a map: the bytes of each field, each padded to four bytes by the
// kernel.
struct Element {
  std::vector<std::byte> key{};
  std::vector<std::byte> value{};
  std::string text{};                                      // for describe()
  enum class End : std::uint8_t { No, Yes } end{End::No};  // closes an interval
};

enum class SetShape : std::uint8_t { Plain, Intervals };

// A set, or a map when it has value fields. Fields are concatenated.
struct Set {
  std::string name;
  std::vector<Field> key{};
  std::vector<Field> value{};
  SetShape shape{SetShape::Plain};
  std::vector<Element> elements{};
};

// One inet table, whole.
struct Ruleset {
  std::string table{};
  std::string comment{};  // in the kernel, for whoever reads the table
  std::vector<Set> sets{};
  std::vector<Chain> chains{};
};

// The text of a table as `nft list` would show it, for golden tests.
[[nodiscard]] std::string describe(const Ruleset& ruleset);

// The messages of one transaction that replace the table, whether it exists or not.
[[nodiscard]] std::vector<Message> replacement_of(const Ruleset& ruleset);

// The message that deletes a table; alone in a transaction it fails with NotFound when there is
// none.
[[nodiscard]] Message deletion_of(const std::string& table);

// The bytes of a field, as nf_tables wants them in a key.
[[nodiscard]] std::vector<std::byte> key_bytes(schemas::Ipv4Address address);
[[nodiscard]] std::vector<std::byte> key_bytes(std::uint16_t port);
[[nodiscard]] std::vector<std::byte> protocol_bytes(std::uint8_t protocol);
[[nodiscard]] std::vector<std::byte> interface_bytes(const std::string& name);

}  // namespace network
