// Reads health checks: a text is a shell's, a list says in its head what it is.
#include "schemas/spec/parse/health.hpp"

#include <array>

namespace schemas {

namespace {

std::optional<std::vector<std::string>> parse_test(const Section& section) {
  const Node* test = section.find("test");
  if (test == nullptr) return {};
  if (test->is_scalar()) return std::vector<std::string>{"CMD-SHELL", test->text};
  std::vector<std::string> words = section.texts("test");
  const std::string head = words.empty() ? "" : words.front();
  if (head != "CMD" && head != "CMD-SHELL" && head != "NONE") {
    constexpr std::array<std::string_view, 3> kHeads{"CMD", "CMD-SHELL", "NONE"};
    const auto nearest = nearest_word(head, kHeads);
    section.refuse("test",
                   fmt::format("the list starts with `{}`, not with CMD, CMD-SHELL or NONE", head),
                   nearest ? fmt::format("did you mean `{}`?", *nearest)
                           : "put CMD in front of the program's words");
    return {};
  }
  const bool complete = head == "NONE"        ? words.size() == 1
                        : head == "CMD-SHELL" ? words.size() == 2
                                              : words.size() >= 2;
  if (!complete) section.refuse("test", fmt::format("{} with the wrong number of words", head));
  return words;
}

}  // namespace

std::optional<SpecHealth> parse_health(const Section& service, Findings& findings) {
  const Node* node = service.find("healthcheck");
  if (node == nullptr) return {};
  const Section section(*node, service.path("healthcheck"), keys::kHealthcheck, findings);
  SpecHealth health;
  health.test = parse_test(section);
  health.interval = section.duration("interval");
  health.timeout = section.duration("timeout");
  health.start_period = section.duration("start_period");
  health.start_interval = section.duration("start_interval");
  if (const auto retries = section.integer("retries", 0, 1'000'000)) {
    health.retries = static_cast<std::uint32_t>(*retries);
  }
  health.disable =
      section.boolean("disable").value_or(false) || (health.test && health.test->front() == "NONE");
  if (health.start_interval && !health.start_period) {
    section.refuse("start_interval", "needs `start_period`: it is the interval inside it");
  }
  return health;
}

}  // namespace schemas
