// Rulesets as text, close to what `nft list table` prints: for golden tests and for readers.
#include <map>

#include "network/netlink/ruleset.hpp"

namespace network {
namespace {

std::string field_text(Field field) {
  switch (field) {
    case Field::Address:
      return "ipv4_addr";
    case Field::Port:
      return "inet_service";
    case Field::Protocol:
      return "inet_proto";
    case Field::Interface:
      return "ifname";
  }
  return {};
}

std::string type_text(const std::vector<Field>& fields) {
  std::string text;
  for (const Field field : fields) text += (text.empty() ? "" : " . ") + field_text(field);
  return text;
}

std::string hook_text(const BaseHook& base) {
  constexpr const char* kHooks[] = {"prerouting", "input", "forward", "output", "postrouting"};
  return fmt::format("type {} hook {} priority {}; policy accept;",
                     base.type == ChainType::Nat ? "nat" : "filter",
                     kHooks[static_cast<std::size_t>(base.hook)], base.priority);
}

// Remembers what each register was loaded with, so that a test can name it.
class RuleText {
 public:
  void operator()(const LoadMeta& load) {
    constexpr const char* kKeys[] = {"meta nfproto", "meta l4proto", "iifname", "oifname"};
    loaded_[load.to] = kKeys[static_cast<std::size_t>(load.key)];
  }
  void operator()(const LoadPayload& load) {
    constexpr const char* kFields[] = {"ip saddr", "ip daddr", "th dport"};
    loaded_[load.to] = kFields[static_cast<std::size_t>(load.field)];
  }
  void operator()(const LoadCt& load) {
    loaded_[load.to] = load.key == CtKey::State ? "ct state" : "ct status";
  }
  void operator()(const LoadFibType& load) {
    loaded_[load.to] = load.side == FibSide::Source ? "fib saddr type" : "fib daddr type";
  }
  void operator()(const Mask&) {}
  void operator()(const Compare& compare) {
    add(fmt::format("{}{} {}", take(),
                    compare.how == Comparison::Equal ? "" : " !=", compare.text));
  }
  void operator()(const Lookup& lookup) {
    add(fmt::format("{}{} @{}", take(), lookup.how == Comparison::Equal ? "" : " !=", lookup.set));
  }
  void operator()(const MapLookup& lookup) {
    mapped_ = fmt::format("{} map @{}", take(), lookup.map);
  }
  void operator()(const DestinationNat&) { add("dnat ip to " + mapped_); }
  void operator()(const Masquerade&) { add("masquerade"); }
  void operator()(const Reject&) { add("reject with icmpx admin-prohibited"); }
  void operator()(const Decide& decide) {
    constexpr const char* kVerdicts[] = {"accept", "drop", "return", "jump ", "goto "};
    add(kVerdicts[static_cast<std::size_t>(decide.verdict)] + decide.chain);
  }

  [[nodiscard]] std::string text() const { return text_; }

 private:
  void add(const std::string& words) { text_ += (text_.empty() ? "" : " ") + words; }

  // What is loaded, in the order of the registers; the next test begins anew.
  std::string take() {
    std::string all;
    for (const auto& [slot, words] : loaded_) all += (all.empty() ? "" : " . ") + words;
    loaded_.clear();
    return all;
  }

  std::map<Register, std::string> loaded_;
  std::string mapped_;
  std::string text_;
};

std::string set_text(const Set& set) {
  std::string text = fmt::format("  {} {} {{\n    type {}", set.value.empty() ? "set" : "map",
                                 set.name, type_text(set.key));
  if (!set.value.empty()) text += " : " + type_text(set.value);
  text += "\n";
  if (set.shape == SetShape::Intervals) text += "    flags interval\n";
  for (const Element& element : set.elements)
    if (element.end == Element::End::No) text += "    " + element.text + "\n";
  return text + "  }\n";
}

std::string chain_text(const Chain& chain) {
  std::string text = "  chain " + chain.name + " {\n";
  if (chain.base) text += "    " + hook_text(*chain.base) + "\n";
  for (const Rule& rule : chain.rules) text += "    " + describe(rule) + "\n";
  return text + "  }\n";
}

}  // namespace

std::string describe(const std::vector<Expression>& rule) {
  RuleText text;
  for (const Expression& expression : rule) std::visit(text, expression);
  return text.text();
}

std::string describe(const Ruleset& ruleset) {
  std::string text = "table inet " + ruleset.table + " {\n";
  for (const Set& set : ruleset.sets) text += set_text(set);
  for (const Chain& chain : ruleset.chains) text += chain_text(chain);
  return text + "}\n";
}

}  // namespace network
